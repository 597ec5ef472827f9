/**
 * Files on their way in, chunk by chunk, into `<directory>/incoming`; whole ones move to the image store. What
 * was half there at a restart is asked for again from its beginning: at most some megabytes, and no second
 * book of what came to keep in step with the disk.
 */
import { type FileHandle, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Range } from '../evidence/fields.ts'
import { mostRanges } from '../evidence/receipt.ts'
import type { ImageFiles } from '../journal/image-files.ts'
import { makeDirectory } from '../platform/files/durable.ts'
import { makeOwn, openOwn } from '../platform/files/own-file.ts'
import { chunkCount, chunkLength, chunkSize, type SentFile } from '../protocol/chunks.ts'
import { largestFileBytes } from '../protocol/limits.ts'
import { RangeSet } from '../protocol/range-set.ts'

/** `useless`: not a chunk of this file, or the file is whole. `wrong-digest`: all came, and it was not the file. */
export type ChunkOutcome = 'kept' | 'whole' | 'wrong-digest' | 'useless'

/** Files half received at one time; the one longest untouched makes room, and is asked for again. */
const mostPartial = 512

interface Partial {
	readonly path: string
	readonly got: RangeSet
	/** Writes to one file, one after another. */
	queue: Promise<unknown>
}

export class IncomingFiles {
	readonly #directory: string
	readonly #store: ImageFiles
	readonly #whole = new Set<string>()
	/** By device and digest: no device can spoil what another sends. */
	readonly #partial = new Map<string, Partial>()

	constructor(directory: string, store: ImageFiles) {
		this.#directory = directory
		this.#store = store
	}

	async start(): Promise<void> {
		await rm(this.#directory, { recursive: true, force: true })
		await makeDirectory(this.#directory)
		await this.#store.clearUnfinished()
		for await (const sha256 of this.#store.list()) this.#whole.add(sha256)
	}

	isWhole(sha256: string): boolean {
		return this.#whole.has(sha256)
	}

	/** The chunks of a file that are wanted; none when it is whole or larger than any file may be. */
	missing(device: string, { sha256, size }: SentFile): Range[] {
		if (this.#whole.has(sha256) || size > largestFileBytes) return []
		const got = this.#partial.get(`${device}-${sha256}`)?.got ?? new RangeSet()
		return got.missing(0, chunkCount(size) - 1, mostRanges)
	}

	/** Resolves when the chunks that came before are handled. */
	async settled(device: string, { sha256 }: SentFile): Promise<void> {
		await this.#partial.get(`${device}-${sha256}`)?.queue.catch(() => {})
	}

	/** Rejects when the disk fails; the chunk then counts as not received. */
	chunk(device: string, file: SentFile, index: number, bytes: Uint8Array): Promise<ChunkOutcome> {
		const { sha256, size } = file
		if (this.#whole.has(sha256) || size > largestFileBytes || bytes.length === 0)
			return Promise.resolve('useless')
		if (bytes.length !== chunkLength(size, index)) return Promise.resolve('useless')
		const name = `${device}-${sha256}`
		const partial = this.#partial.get(name) ?? this.#begin(name)
		// Most recently touched last.
		this.#partial.delete(name)
		this.#partial.set(name, partial)
		const done = partial.queue
			.catch(() => {})
			.then(() => this.#write(name, partial, file, index, bytes))
			.catch((error) => {
				// What is on the disk is uncertain now: begin anew.
				if (this.#partial.get(name) === partial) this.#partial.delete(name)
				throw error
			})
		partial.queue = done
		done.catch(() => {})
		return done
	}

	#begin(name: string): Partial {
		for (const [oldest, { path, queue }] of this.#partial) {
			if (this.#partial.size < mostPartial) break
			this.#partial.delete(oldest)
			queue
				.catch(() => {})
				.then(() => rm(path, { force: true }))
				.catch(() => {})
		}
		return { path: join(this.#directory, name), got: new RangeSet(), queue: Promise.resolve() }
	}

	async #write(
		name: string,
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
		if (this.#partial.get(name) === partial) this.#partial.delete(name)
		if (adopted) {
			this.#whole.add(sha256)
			return 'whole'
		}
		await rm(path, { force: true })
		return 'wrong-digest'
	}
}

async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
	let done = 0
	while (done < bytes.length) {
		const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
		done += bytesWritten
	}
}
