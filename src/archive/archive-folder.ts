/** The files of an archive that anybody may have filled: opened without links, with a cap on each. */
import { lstat, opendir, readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { LogFolder } from '../log/log-folder.ts'
import type { TileReader } from '../log/tile-reader.ts'
import { type ForeignFileFault, ForeignFiles } from '../platform/files/foreign-file.ts'
import { type Fault, ok, type Result } from '../platform/result.ts'
import { keysFolder } from './layout.ts'

/** Bytes of the longest file that is read whole: a register of half a million tables. */
export const longestArchived = 256 * 1024 * 1024

/** What `keys/` and `campaign/` of an archive hold, wherever they lie. Paths are from the archive's top, with slashes. */
export interface WordsFiles {
	/** For who reads a fault. */
	readonly folder: string
	/** A folder with all of `keys/`. */
	readonly keys: string
	read(path: string, cap?: number): Promise<Result<Buffer, ForeignFileFault | Fault<'too-large'>>>
}

/** All files of one. */
export interface ArchivedFiles extends WordsFiles {
	readonly tiles: TileReader
	/** Names in a folder; none where it is not there. */
	names(path: string): Promise<readonly string[]>
	/** The paths of all files below a folder, of all files for the empty one. */
	filesBelow(path: string): AsyncGenerator<string>
}

export class ArchiveFolder implements ArchivedFiles {
	readonly folder: string
	readonly keys: string
	readonly tiles: TileReader
	readonly #files: ForeignFiles

	constructor(folder: string, files = new ForeignFiles()) {
		this.folder = folder
		this.keys = join(folder, keysFolder)
		this.tiles = new LogFolder(folder, files)
		this.#files = files
	}

	async read(
		path: string,
		cap = longestArchived,
	): Promise<Result<Buffer, ForeignFileFault | Fault<'too-large'>>> {
		const read = await this.#files.readBelow(this.folder, path.split('/'), cap)
		return read.ok ? ok(read.value.bytes) : read
	}

	async names(path: string): Promise<readonly string[]> {
		return (await this.#isFolder(path)) ? await readdir(join(this.folder, path)).catch(() => []) : []
	}

	/** A person named the folder itself, which may be a link; none below it. */
	async #isFolder(path: string): Promise<boolean> {
		const found = await (path === '' ? stat : lstat)(join(this.folder, path)).catch(() => null)
		return found?.isDirectory() === true
	}

	async *filesBelow(path: string): AsyncGenerator<string> {
		const opened = (await this.#isFolder(path))
			? await opendir(join(this.folder, path)).catch(() => null)
			: null
		if (opened === null) return
		for await (const entry of opened) {
			const name = path === '' ? entry.name : `${path}/${entry.name}`
			if (entry.isDirectory()) yield* this.filesBelow(name)
			else yield name
		}
	}
}

/** A folder `keys/` by itself, under whatever name; what the campaign object names may lie beside it, as in an archive. */
export class KeysFolder implements WordsFiles {
	readonly folder: string
	readonly keys: string
	readonly #files = new ForeignFiles()

	constructor(keys: string) {
		this.folder = dirname(resolve(keys))
		this.keys = keys
	}

	async read(path: string, cap = longestArchived): ReturnType<WordsFiles['read']> {
		const [first, ...rest] = path.split('/')
		const read =
			first === keysFolder
				? await this.#files.readBelow(this.keys, rest, cap)
				: await this.#files.readBelow(this.folder, path.split('/'), cap)
		return read.ok ? ok(read.value.bytes) : read
	}
}
