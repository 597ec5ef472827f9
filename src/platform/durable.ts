/**
 * Files that survive a power cut.
 *
 * INVARIANTS
 * - What a function here has resolved for is on the disk: file data, file size and the directory entry.
 * - After a failed write or sync a file is never trusted again: Linux reports an I/O error on sync once and
 *   then marks the pages clean (see fsync(2) and the PostgreSQL "fsyncgate" discussion of 2018).
 */
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Makes the names in `directory` durable. */
export async function syncDirectory(directory: string): Promise<void> {
	const handle = await open(directory, 'r')
	try {
		await handle.sync()
	} finally {
		await handle.close()
	}
}

/** Makes `directory` and what is missing above it, each made durable in its parent. */
export async function makeDirectory(directory: string): Promise<void> {
	const firstMade = await mkdir(directory, { recursive: true })
	if (firstMade === undefined) return
	const above = dirname(firstMade)
	for (let made = directory; made !== above && made !== dirname(made); made = dirname(made)) {
		await syncDirectory(dirname(made))
	}
}

/** A slice short enough that hashing or copying it does not hold the event loop (about 2 ms on a Pi). */
const slice = 1 << 20

/** Writes all of `bytes` in slices, calling `each` with every slice as it goes. */
export async function writeSlices(
	handle: FileHandle,
	bytes: Uint8Array,
	each?: (slice: Uint8Array) => void,
): Promise<void> {
	for (let start = 0; start < bytes.length; start += slice) {
		const part = bytes.subarray(start, start + slice)
		each?.(part)
		await writeAll(handle, part)
	}
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
	let done = 0
	while (done < bytes.length) {
		const at = position === undefined ? null : position + done
		const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at)
		done += bytesWritten
	}
}

/** Makes a file that was not there before; throws EEXIST, touching nothing, when it was. */
export async function makeFile(path: string, bytes: Uint8Array | string, mode = 0o644): Promise<void> {
	const handle = await open(path, 'wx', mode)
	try {
		await writeSlices(handle, typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
		await handle.sync()
	} finally {
		await handle.close()
	}
	await syncDirectory(dirname(path))
}

/** Replaces the file at `path` in one step: temporary file, sync, rename, sync of the directory. */
export async function replaceFile(path: string, bytes: Uint8Array | string, mode = 0o644): Promise<void> {
	const temporary = `${path}.new`
	const handle = await open(temporary, 'w', mode)
	try {
		await writeSlices(handle, typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
		await handle.sync()
	} finally {
		await handle.close()
	}
	await rename(temporary, path)
	await syncDirectory(dirname(path))
}

/**
 * A file that only grows. One append at a time; each append is one write and one fdatasync, which also makes
 * the new size durable. The owner serialises calls and stops using the file after the first failure.
 */
export class AppendFile {
	readonly path: string
	readonly #handle: FileHandle
	#size: number
	#broken: Error | undefined

	private constructor(path: string, handle: FileHandle, size: number) {
		this.path = path
		this.#handle = handle
		this.#size = size
	}

	/** Opens or makes the file and makes its name durable. */
	static async open(path: string, mode = 0o644): Promise<AppendFile> {
		const handle = await open(path, 'a', mode)
		try {
			await handle.sync()
			await syncDirectory(dirname(path))
			return new AppendFile(path, handle, (await handle.stat()).size)
		} catch (error) {
			await handle.close()
			throw error
		}
	}

	/** Bytes in the file that are known to be on the disk. */
	get size(): number {
		return this.#size
	}

	/** Throws when the bytes could not be made durable, and from then on always. */
	async append(bytes: Uint8Array): Promise<void> {
		if (this.#broken !== undefined) throw this.#broken
		try {
			await writeAll(this.#handle, bytes)
			await this.#handle.datasync()
			this.#size += bytes.length
		} catch (error) {
			this.#broken = error instanceof Error ? error : new Error(String(error))
			throw this.#broken
		}
	}

	close(): Promise<void> {
		return this.#handle.close()
	}
}

/** The path of a content-addressed file: two hex digits of folder keep folders small. */
export function addressOf(directory: string, sha256: string): string {
	return join(directory, sha256.slice(0, 2), sha256)
}
