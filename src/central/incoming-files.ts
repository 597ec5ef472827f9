/**
 * Files on their way in, chunk by chunk, into `<directory>/incoming`; whole ones move to the image store. What
 * was half there at a restart is asked for again from its beginning: at most some megabytes, and no second
 * book of what came to keep in step with the disk. Of each device only so many are half there at one time: the one
 * longest untouched makes room, and is asked for again. No device displaces what another sends.
 */
import { type FileHandle, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Range } from '../evidence/fields.ts'
import { mostRanges } from '../evidence/receipt.ts'
import type { ImageFiles } from '../journal/image-files.ts'
import { makeOwn, openOwn } from '../platform/files/own-file.ts'
import { isOwnFolder, makeOwnFolder } from '../platform/files/own-folder.ts'
import { chunkCount, chunkLength, chunkSize, type SentFile } from '../protocol/chunks.ts'
import { largestFileBytes } from '../protocol/limits.ts'
import { RangeSet } from '../protocol/range-set.ts'
import type { DeviceLimits } from './admission/limits.ts'

/** `useless`: not a chunk of this file, or the file is whole. `wrong-digest`: all came, and it was not the file. */
export type ChunkOutcome = 'kept' | 'whole' | 'wrong-digest' | 'useless'

/** What one device may have half received: of the limits of a device these are about it. */
type PartialLimits = Pick<DeviceLimits, 'partialFiles' | 'partialBytes'>

interface Partial {
	readonly path: string
	/** Bytes of the whole file. */
	readonly size: number
	readonly got: RangeSet
	/** Writes to one file, one after another. */
	queue: Promise<unknown>
}

export class IncomingFiles {
	readonly #directory: string
	readonly #store: ImageFiles
	readonly #limits: PartialLimits
	#begun = 0
	readonly #whole = new Set<string>()
	/** By device, then digest: no device can spoil or displace what another sends. */
	readonly #partial = new Map<string, Map<string, Partial>>()

	constructor(directory: string, store: ImageFiles, limits: PartialLimits) {
		this.#directory = directory
		this.#store = store
		this.#limits = limits
	}

	async start(): Promise<void> {
		const place = [dirname(this.#directory), basename(this.#directory)] as const
		if (await isOwnFolder(...place)) await rm(this.#directory, { recursive: true, force: true })
		await makeOwnFolder(...place)
		await this.#store.clearUnfinished()
		for await (const sha256 of this.#store.list()) this.#whole.add(sha256)
	}

	get #largest(): number {
		return Math.min(largestFileBytes, this.#limits.partialBytes)
	}

	isWhole(sha256: string): boolean {
		return this.#whole.has(sha256)
	}

	/** The chunks of a file that are wanted; none when it is whole or larger than any file may be. */
	missing(device: string, { sha256, size }: SentFile): Range[] {
		if (this.#whole.has(sha256) || size > this.#largest) return []
		const got = this.#partialOf(device, sha256)?.got ?? new RangeSet()
		return got.missing(0, chunkCount(size) - 1, mostRanges)
	}

	/** Resolves when the chunks that came before are handled. */
	async settled(device: string, { sha256 }: SentFile): Promise<void> {
		await this.#partialOf(device, sha256)?.queue.catch(() => {})
	}

	/** Whether chunks of the file have come. */
	isBegun(device: string, { sha256 }: SentFile): boolean {
		return this.#partialOf(device, sha256) !== undefined
	}

	/** Bytes that the files will have which are half received of a device. */
	partialBytes(device: string): number {
		return sizeOf(this.#partial.get(device))
	}

	#partialOf(device: string, sha256: string): Partial | undefined {
		return this.#partial.get(device)?.get(sha256)
	}

	/** Rejects when the disk fails; the chunk then counts as not received. */
	chunk(device: string, file: SentFile, index: number, bytes: Uint8Array): Promise<ChunkOutcome> {
		const { sha256, size } = file
		const isUseless =
			this.#whole.has(sha256) ||
			size > this.#largest ||
			bytes.length === 0 ||
			bytes.length !== chunkLength(size, index)
		if (isUseless) return Promise.resolve('useless')
		const own = this.#partial.get(device) ?? new Map<string, Partial>()
		this.#partial.set(device, own)
		const partial = own.get(sha256) ?? this.#begin(own, device, file)
		// Most recently touched last.
		own.delete(sha256)
		own.set(sha256, partial)
		const done = partial.queue
			.catch(() => {})
			.then(() => this.#write(device, partial, file, index, bytes))
			.catch((error) => {
				// What is on the disk is uncertain now: begin anew.
				this.#end(device, sha256, partial)
				throw error
			})
		partial.queue = done
		done.catch(() => {})
		return done
	}

	#begin(own: Map<string, Partial>, device: string, { sha256, size }: SentFile): Partial {
		const { partialFiles, partialBytes } = this.#limits
		for (const [oldest, { path, queue }] of own) {
			if (own.size < partialFiles && sizeOf(own) + size <= partialBytes) break
			own.delete(oldest)
			queue
				.catch(() => {})
				.then(() => rm(path, { force: true }))
				.catch(() => {})
		}
		// Another one of the same digest may be about to be removed.
		const path = join(this.#directory, `${device}-${sha256}-${++this.#begun}`)
		return { path, size, got: new RangeSet(), queue: Promise.resolve() }
	}

	#end(device: string, sha256: string, partial: Partial): void {
		const own = this.#partial.get(device)
		if (own?.get(sha256) !== partial) return
		own.delete(sha256)
		if (own.size === 0) this.#partial.delete(device)
	}

	async #write(
		device: string,
		partial: Partial,
		{ sha256, size }: SentFile,
		index: number,
		bytes: Uint8Array,
	): Promise<ChunkOutcome> {
		const { path, got } = partial
		if (this.#whole.has(sha256) || got.has(index)) return 'useless'
		const isFirst = got.size === 0
		if (isFirst) await rm(path, { force: true })
		const handle = isFirst ? await makeOwn(path) : await openOwn(path, 'write')
		try {
			await writeAt(handle, bytes, index * chunkSize)
		} finally {
			await handle.close()
		}
		got.add(index)
		if (got.size < chunkCount(size)) return 'kept'

		const adopted = await this.#store.adopt(path, sha256)
		this.#end(device, sha256, partial)
		if (adopted) {
			this.#whole.add(sha256)
			return 'whole'
		}
		await rm(path, { force: true })
		return 'wrong-digest'
	}
}

function sizeOf(own: ReadonlyMap<string, Partial> | undefined): number {
	let sum = 0
	for (const { size } of own?.values() ?? []) sum += size
	return sum
}

async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
	let done = 0
	while (done < bytes.length) {
		const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
		done += bytesWritten
	}
}
