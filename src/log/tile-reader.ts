/** How hashes and leaves are read from wherever the tiles of a tree lie: a folder, another's server, memory. */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { longestBundle, parseBundle } from './bundle.ts'
import { fullWidth, type StoredTile, type Tile, tilePath } from './tile.ts'
import { hashLength } from './tree-hash.ts'

/** `bad-tile`: not in form. `tile-unreadable`: the disk or the network fails. */
export type TileFault = Fault<'tile-missing' | 'bad-tile' | 'tile-unreadable'>

export interface TileReader {
	/**
	 * The tile, or one of the same number that is wider: where a partial one is there no more, it has grown. `width` is
	 * that of the file that was found, `bytes` all of it.
	 */
	read(tile: Tile): Promise<Result<StoredTile, TileFault>>
}

/** Bytes that the file of a tile has at most, whatever its width. */
export function longestTile({ level }: Tile): number {
	return level === 'entries' ? longestBundle : fullWidth * hashLength
}

/** The hashes of a tile of some level, just so many. They are what the reader says: only a root shows them true. */
export async function readHashes(reader: TileReader, tile: Tile): Promise<Result<Uint8Array[], TileFault>> {
	const read = await reader.read(tile)
	if (!read.ok) return read
	const { bytes, width } = read.value
	if (width < tile.width || bytes.length !== width * hashLength)
		return fail('bad-tile', `${tilePath(read.value)}: ${bytes.length} bytes are not ${width} hashes`)
	return ok(
		Array.from({ length: tile.width }, (_, at) => bytes.subarray(at * hashLength, (at + 1) * hashLength)),
	)
}

/** The leaves of a bundle, just so many. */
export async function readBundle(reader: TileReader, tile: Tile): Promise<Result<Buffer[], TileFault>> {
	const read = await reader.read(tile)
	if (!read.ok) return read
	const { bytes, width } = read.value
	const leaves = parseBundle(bytes, width)
	if (!leaves.ok) return fail('bad-tile', `${tilePath(read.value)}: ${leaves.fault.detail}`)
	return width < tile.width
		? fail('bad-tile', `${tilePath(read.value)}: has fewer than ${tile.width} leaves`)
		: ok(leaves.value.slice(0, tile.width))
}
