/**
 * Files under the SHA-256 of their bytes: `<directory>/ab/<sha256>`, written once.
 *
 * INVARIANT: a name in the store stands for the whole file on the disk. Bytes are written and synced under a
 * temporary name, then renamed, then the folder is synced. That holds for each `put`, also of what is there
 * already: whoever put it before may have failed to sync its name, and only a rename makes the sync about it.
 */
import { createHash, randomUUID } from 'node:crypto'
import { access, readdir, rename, rm, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { addressOf, syncDirectory, writeSlices } from '../platform/files/durable.ts'
import { makeOwn, openOwn } from '../platform/files/own-file.ts'
import { isOwnFolder, makeOwnFolder } from '../platform/files/own-folder.ts'

export interface StoredFile {
	/** Lower-case hex. */
	readonly sha256: string
	/** Bytes. */
	readonly size: number
}

/** Hashed at a time, so that the event loop is never held for long. */
const slice = 1 << 20

export class ImageFiles {
	readonly #directory: string
	/** Folders whose own names this process has made durable. */
	readonly #folders = new Map<string, Promise<void>>()

	constructor(directory: string) {
		this.#directory = directory
	}

	/** Where the file is or would be. */
	path(sha256: string): string {
		return addressOf(this.#directory, sha256)
	}

	async has(sha256: string): Promise<boolean> {
		try {
			await isOwnFolder(...this.#place(sha256.slice(0, 2)))
			await access(this.path(sha256))
			return true
		} catch {
			return false
		}
	}

	/** Stores the bytes, also anew where they are there already. Throws when the disk fails. */
	async put(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<StoredFile> {
		const folder = await makeOwnFolder(...this.#place('new'))
		const temporary = join(folder, randomUUID())
		const hash = createHash('sha256')
		let size = 0
		try {
			const handle = await makeOwn(temporary)
			try {
				for await (const part of bytes instanceof Uint8Array ? [bytes] : bytes) {
					await writeSlices(handle, part, size, (written) => hash.update(written))
					size += part.length
				}
				await handle.sync()
			} finally {
				await handle.close()
			}
			const sha256 = hash.digest('hex')
			await this.#name(temporary, sha256)
			return { sha256, size }
		} finally {
			await rm(temporary, { force: true }).catch(() => {})
		}
	}

	/**
	 * Moves the file at `path` (on the same file system) into the store if its bytes have this digest; says
	 * whether they had. The file stays where it is if not.
	 */
	async adopt(path: string, sha256: string): Promise<boolean> {
		const handle = await openOwn(path, 'write')
		try {
			const hash = createHash('sha256')
			const buffer = Buffer.alloc(slice)
			for (;;) {
				const { bytesRead } = await handle.read(buffer, 0, slice, null)
				if (bytesRead === 0) break
				hash.update(buffer.subarray(0, bytesRead))
			}
			if (hash.digest('hex') !== sha256) return false
			await handle.sync()
		} finally {
			await handle.close()
		}
		await this.#name(path, sha256)
		return true
	}

	/** Deletes a file; says whether it was there. */
	async remove(sha256: string): Promise<boolean> {
		const path = this.path(sha256)
		if (!(await isOwnFolder(...this.#place(basename(dirname(path)))))) return false
		try {
			await unlink(path)
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
			throw error
		}
		await syncDirectory(dirname(path))
		return true
	}

	/** The digests of all files held. */
	async *list(): AsyncGenerator<string> {
		if (!(await isOwnFolder(...this.#place()))) return
		const folders = await readdir(this.#directory).catch(() => [])
		for (const folder of folders) {
			if (!/^[0-9a-f]{2}$/.test(folder)) continue
			await isOwnFolder(...this.#place(folder))
			for (const name of await readdir(join(this.#directory, folder))) {
				if (/^[0-9a-f]{64}$/.test(name)) yield name
			}
		}
	}

	/** Clears away what an interrupted `put` left. For the one writer, at start. */
	async clearUnfinished(): Promise<void> {
		if (await isOwnFolder(...this.#place('new')))
			await rm(join(this.#directory, 'new'), { recursive: true, force: true })
	}

	/** Of a folder in the store: the directory that the store is in, and the names below it. */
	#place(...folder: readonly string[]): [string, ...string[]] {
		return [dirname(this.#directory), basename(this.#directory), ...folder]
	}

	async #name(from: string, sha256: string): Promise<void> {
		const to = this.path(sha256)
		await this.#folder(dirname(to))
		await rename(from, to)
		await syncDirectory(dirname(to))
	}

	/** Two calls at once share one making: neither goes on before the name of the folder is on the disk. */
	#folder(path: string): Promise<void> {
		const made =
			this.#folders.get(path) ??
			makeOwnFolder(...this.#place(basename(path))).then(() => syncDirectory(this.#directory))
		this.#folders.set(path, made)
		made.catch(() => this.#folders.delete(path))
		return made
	}
}
