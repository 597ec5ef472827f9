/** The log of an archive that lies in a folder, which anybody may have filled: read only. */
import { type ForeignFileFault, ForeignFiles } from '../platform/files/foreign-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { longestNote } from './note.ts'
import { fullWidth, type StoredTile, type Tile, tilePath } from './tile.ts'
import { longestTile, type TileFault, type TileReader } from './tile-reader.ts'

export class LogFolder implements TileReader {
	readonly #folder: string
	readonly #files: Pick<ForeignFiles, 'readBelow'>

	constructor(folder: string, files: Pick<ForeignFiles, 'readBelow'> = new ForeignFiles()) {
		this.#folder = folder
		this.#files = files
	}

	/** The newest checkpoint, or another note, by its path in the archive; not looked at. */
	async note(path = 'checkpoint'): Promise<Result<Buffer, ForeignFileFault | Fault<'too-large'>>> {
		const read = await this.#files.readBelow(this.#folder, path.split('/'), longestNote)
		return read.ok ? ok(read.value.bytes) : read
	}

	/** A partial tile that is there no more has grown: to a full one, or a wider one. */
	async read(tile: Tile): Promise<Result<StoredTile, TileFault>> {
		const widths = [tile.width, fullWidth]
		for (let width = tile.width + 1; width < fullWidth; width++) widths.push(width)
		for (const width of new Set(widths)) {
			const found = await this.#file({ ...tile, width })
			if (found.ok || found.fault.code !== 'tile-missing') return found
		}
		return fail('tile-missing', `${tilePath(tile)}: there is no such file, nor a wider one`)
	}

	async #file(tile: Tile): Promise<Result<StoredTile, TileFault>> {
		const read = await this.#files.readBelow(this.#folder, tilePath(tile).split('/'), longestTile(tile))
		if (read.ok) return ok({ ...tile, bytes: read.value.bytes })
		const { code, detail } = read.fault
		if (code === 'file-missing') return fail('tile-missing', detail)
		return fail(code === 'too-large' ? 'bad-tile' : 'tile-unreadable', detail)
	}
}
