/**
 * Files that survive a power cut. Ours: write-file-atomic, for one, syncs no directory.
 *
 * INVARIANTS
 * - What a function here has resolved for is on the disk: file data, file size and the directory entry.
 * - After a failed write or sync nothing is trusted that was to be made durable by it: Linux reports an I/O error
 *   of a sync once and then marks the pages clean, so that a second sync says yes to what the disk never got,
 *   and reading shows it all the same (see fsync(2) and the PostgreSQL "fsyncgate" discussion of 2018). Only
 *   bytes that are written again, and then synced, count. So a failed try leaves nothing that the next one would
 *   build on: temporary files are made anew, folders are removed again, names are given again by a rename; and
 *   an `AppendFile` writes again, at its opening, what an earlier one, maybe of a process that has died, may
 *   have failed to sync.
 */
import { type FileHandle, lstat, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeOwn, NotOwnFile, openOrMakeOwn } from './own-file.ts'

/** Makes the names in `directory` durable. */
export async function syncDirectory(directory: string): Promise<void> {
	const handle = await open(directory, 'r')
	try {
		await handle.sync()
	} finally {
		await handle.close()
	}
}

/**
 * Makes `directory` and what is missing above it, each made durable in its parent before the next. Root takes nobody
 * else's for it: who may put names beside it could have been faster.
 */
export async function makeDirectory(directory: string): Promise<void> {
	const above = dirname(directory)
	try {
		await mkdir(directory)
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException
		if (code === 'EEXIST' && (await stat(directory)).isDirectory()) return await refuseOthers(directory)
		if (code !== 'ENOENT' || above === directory) throw error
		await makeDirectory(above)
		// Once more only: where nobody can make one, as in /proc, it would be missing for ever.
		await mkdir(directory).catch(async (again: NodeJS.ErrnoException) => {
			if (again.code !== 'EEXIST' || !(await stat(directory)).isDirectory()) throw again
		})
	}
	try {
		await syncDirectory(above)
	} catch (error) {
		await rmdir(directory).catch(() => {})
		throw error
	}
}

async function refuseOthers(directory: string): Promise<void> {
	if (process.geteuid?.() !== 0) return
	const { uid } = await lstat(directory)
	if (uid !== 0) throw new NotOwnFile(directory, `it belongs to another user (${uid})`)
}

/** A slice short enough that hashing or copying it does not hold the event loop (about 2 ms on a Pi). */
const sliceBytes = 1 << 20

/** Writes all of `bytes` in slices, from byte `at` of the file on, calling `each` with every slice as it goes. */
export async function writeSlices(
	handle: FileHandle,
	bytes: Uint8Array,
	at = 0,
	each?: (slice: Uint8Array) => void,
): Promise<void> {
	for (let start = 0; start < bytes.length; start += sliceBytes) {
		const part = bytes.subarray(start, start + sliceBytes)
		each?.(part)
		await writeAll(handle, part, at + start)
	}
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
	let done = 0
	while (done < bytes.length) {
		const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done)
		done += bytesWritten
	}
}

/** Makes a file that was not there before; throws EEXIST, touching nothing, when it was. */
export async function makeFile(path: string, bytes: Uint8Array | string, mode = 0o644): Promise<void> {
	const handle = await makeOwn(path, mode)
	try {
		await writeSlices(handle, typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
		await handle.sync()
	} finally {
		await handle.close()
	}
	await syncDirectory(dirname(path))
}

/**
 * Replaces the file at `path` in one step: temporary file, sync, rename, sync of the directory. Root leaves it to
 * whom it belonged, in a directory of root's own: elsewhere it has given itself up (`process/give-up-root.ts`).
 */
export async function replaceFile(
	path: string,
	bytes: Uint8Array | string | AsyncIterable<Uint8Array>,
	mode = 0o644,
): Promise<void> {
	const temporary = `${path}.new`
	const before = process.getuid?.() === 0 ? await lstat(path).catch(() => null) : null
	// What was left by a try that failed; never a link that leads root to another file.
	await rm(temporary, { force: true })
	const handle = await makeOwn(temporary, mode)
	try {
		if (before !== null && before.uid !== 0) await handle.chown(before.uid, before.gid)
		let at = 0
		for await (const part of partsOf(bytes)) {
			await writeSlices(handle, part, at)
			at += part.length
		}
		await handle.sync()
	} finally {
		await handle.close()
	}
	await rename(temporary, path)
	await syncDirectory(dirname(path))
}

function partsOf(
	bytes: Uint8Array | string | AsyncIterable<Uint8Array>,
): readonly Uint8Array[] | AsyncIterable<Uint8Array> {
	if (typeof bytes === 'string') return [Buffer.from(bytes)]
	return bytes instanceof Uint8Array ? [bytes] : bytes
}

/**
 * A file that only grows. One append at a time; each append is one write and one fdatasync, which also makes
 * the new size durable. The owner serialises calls and stops using the file after the first failure: whether
 * the bytes of the append that failed are on the disk, in part or in full, only another opening finds out.
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

	/**
	 * Opens or makes the file and makes its name durable, and its last `inDoubt` bytes: they are written again in
	 * their place, the same bytes, so that the sync that follows is about them. `inDoubt` is the most that one
	 * append may have had. All other bytes had a sync that succeeded, or nothing was appended after them.
	 */
	static async open(path: string, inDoubt: number, mode = 0o644): Promise<AppendFile> {
		// Without O_APPEND, which would send the bytes written again to the end (pwrite(2), BUGS).
		const handle = await openOrMakeOwn(path, mode)
		try {
			const { size } = await handle.stat()
			const start = Math.max(0, size - inDoubt)
			const last = Buffer.alloc(size - start)
			const { bytesRead } = await handle.read(last, 0, last.length, start)
			await writeAll(handle, last.subarray(0, bytesRead), start)
			await handle.sync()
			await syncDirectory(dirname(path))
			return new AppendFile(path, handle, size)
		} catch (error) {
			await handle.close()
			throw error
		}
	}

	/** Bytes in the file that are known to be on the disk. */
	get size(): number {
		return this.#size
	}

	/** True after the first failure. */
	get broken(): boolean {
		return this.#broken !== undefined
	}

	/** Throws when the bytes could not be made durable, and from then on always. */
	async append(bytes: Uint8Array): Promise<void> {
		if (this.#broken !== undefined) throw this.#broken
		try {
			await writeAll(this.#handle, bytes, this.#size)
			await this.#handle.datasync()
			this.#size += bytes.length
		} catch (error) {
			this.#broken = error instanceof Error ? error : new Error(String(error))
			throw this.#broken
		}
	}

	/**
	 * The same after a failure, with the very bytes of the append that failed: all that is in doubt is written again in
	 * its place, so that the sync is about it.
	 */
	async appendAgain(bytes: Uint8Array): Promise<void> {
		this.#broken = undefined
		await this.append(bytes)
	}

	/** Never throws: what counts was synced before. */
	async close(): Promise<void> {
		await this.#handle.close().catch(() => {})
	}
}

/** The path of a content-addressed file: two hex digits of folder keep folders small. */
export function addressOf(directory: string, sha256: string): string {
	return join(directory, sha256.slice(0, 2), sha256)
}
