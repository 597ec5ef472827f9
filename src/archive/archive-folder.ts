/** The files of an archive that anybody may have filled: opened without links, with a cap on each. */
import { type ForeignFileFault, ForeignFiles } from '../platform/files/foreign-file.ts'
import { type Fault, ok, type Result } from '../platform/result.ts'

/** Bytes of the longest file that is read whole: a register of half a million tables. */
export const longestArchived = 256 * 1024 * 1024

export class ArchiveFolder {
	readonly folder: string
	readonly #files: ForeignFiles

	constructor(folder: string, files = new ForeignFiles()) {
		this.folder = folder
		this.#files = files
	}

	/** `path` is below the archive, with slashes. */
	async read(
		path: string,
		cap = longestArchived,
	): Promise<Result<Buffer, ForeignFileFault | Fault<'too-large'>>> {
		const read = await this.#files.readBelow(this.folder, path.split('/'), cap)
		return read.ok ? ok(read.value.bytes) : read
	}
}
