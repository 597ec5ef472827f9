/** Where an archive is copied from: a folder, a stick, a web server. What comes from it is hostile until it verifies. */
import { ArchiveFolder } from '../archive/archive-folder.ts'
import { type StoredTile, type Tile, tileAt, tilePath } from '../log/tile.ts'
import { longestTile, type TileFault, type TileReader } from '../log/tile-reader.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

/** `source-unreachable`: asking again may help. `source-refused`: it says no, or sends elsewhere. */
export type SourceFault = Fault<
	'source-missing' | 'source-too-large' | 'source-unreachable' | 'source-refused'
>

export interface ArchiveSource {
	/** For people. */
	readonly name: string
	/** What comes from it goes over a line that costs: what can be made here is not asked for. */
	readonly isRemote: boolean
	/** A file by its path in the archive, of at most `cap` bytes. */
	fetch(path: string, cap: number): Promise<Result<Buffer, SourceFault>>
}

export class FolderSource implements ArchiveSource {
	readonly name: string
	readonly isRemote = false
	readonly #archive: ArchiveFolder

	constructor(folder: string) {
		this.name = folder
		this.#archive = new ArchiveFolder(folder)
	}

	async fetch(path: string, cap: number): Promise<Result<Buffer, SourceFault>> {
		const read = await this.#archive.read(path, cap)
		if (read.ok) return read
		const { code, detail } = read.fault
		const isThere = code !== 'file-missing' || (await this.#archive.names('')).length > 0
		if (!isThere)
			return fail('source-unreachable', `${this.name}: there is no such folder, or nothing lies in it`)
		if (code === 'file-missing') return fail('source-missing', detail)
		return fail(code === 'too-large' ? 'source-too-large' : 'source-unreachable', detail)
	}
}

/** The tiles of a source as a tree of `size` leaves has them: any smaller tree is read from the same. */
export class SourceTiles implements TileReader {
	readonly #source: ArchiveSource
	readonly #size: number

	constructor(source: ArchiveSource, size: number) {
		this.#source = source
		this.#size = size
	}

	async read({ level, index, width }: Tile): Promise<Result<StoredTile, TileFault>> {
		const tile = tileAt(level, index, this.#size) ?? { level, index, width }
		const fetched = await this.#source.fetch(tilePath(tile), longestTile(tile))
		if (fetched.ok) return ok({ ...tile, bytes: fetched.value })
		const { code, detail } = fetched.fault
		if (code === 'source-missing') return fail('tile-missing', detail)
		return fail(code === 'source-too-large' ? 'bad-tile' : 'tile-unreadable', detail)
	}
}
