/**
 * Writes an archive's files. Thousands of them change at once, so that a sync for each would take minutes: they are put in
 * their places by rename, and one sync of the whole file system makes them durable.
 *
 * INVARIANTS
 * - Who reads a name finds the old file whole, or the new one.
 * - What was put before `sync` resolved is on the disk. Nothing is signed before.
 */
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { beingWritten } from '../archive/layout.ts'
import { writeSlices } from '../platform/files/durable.ts'
import { makeOwn } from '../platform/files/own-file.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import { syncFileSystem } from '../platform/files/sync-file-system.ts'

export class ArchiveFiles {
	readonly folder: string
	readonly #folders = new Map<string, Promise<string>>()
	#files = 0
	#bytes = 0

	constructor(folder: string) {
		this.folder = folder
	}

	/** Files and bytes that were put so far. */
	get written(): { readonly files: number; readonly bytes: number } {
		return { files: this.#files, bytes: this.#bytes }
	}

	/** Durable only after `sync`. `path` is below the archive, with slashes. */
	async put(path: string, content: Uint8Array | string): Promise<void> {
		const bytes = typeof content === 'string' ? Buffer.from(content) : content
		const place = join(await this.#folderOf(path), basename(path))
		const temporary = join(await this.#folderOf(`${beingWritten}/one`), path.replaceAll('/', '+'))
		await rm(temporary, { force: true })
		const handle = await makeOwn(temporary, 0o644)
		try {
			await writeSlices(handle, bytes)
		} finally {
			await handle.close()
		}
		await rename(temporary, place)
		this.#files++
		this.#bytes += bytes.length
	}

	async remove(path: string): Promise<void> {
		await rm(join(this.folder, path), { force: true })
	}

	/** What a process left that was killed while it put a file. */
	async removeTemporary(): Promise<void> {
		await rm(join(this.folder, beingWritten), { recursive: true, force: true })
	}

	/** Everything that was put is on the disk. */
	async sync(): Promise<void> {
		const folder = await open(this.folder, 'r')
		try {
			await syncFileSystem(folder.fd)
		} finally {
			await folder.close()
		}
	}

	#folderOf(path: string): Promise<string> {
		const folder = dirname(path)
		const made = this.#folders.get(folder) ?? this.#make(folder)
		this.#folders.set(folder, made)
		return made
	}

	async #make(folder: string): Promise<string> {
		try {
			return await makeOwnFolder(this.folder, ...(folder === '.' ? [] : folder.split('/')))
		} catch (error) {
			this.#folders.delete(folder)
			throw error
		}
	}
}
