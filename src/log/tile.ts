/**
 * Tiles: where the hashes and the leaves of a tree lie as files (C2SP tlog-tiles). A tile of level L holds 256 hashes
 * of subtrees of 256^L leaves; a bundle, here the level `entries`, 256 leaves. A partial one holds fewer, at the right
 * edge of a tree.
 */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export const fullWidth = 256

export interface Tile {
	readonly level: number | 'entries'
	/** Which one of its level, from 0. */
	readonly index: number
	/** How many hashes or leaves it holds: 1 to 256. */
	readonly width: number
}

/** A tile with what its file holds. */
export interface StoredTile extends Tile {
	readonly bytes: Uint8Array
}

/** Its path in an archive. */
export function tilePath({ level, index, width }: Tile): string {
	return `tile/${level}/${indexPath(index)}${width === fullWidth ? '' : `.p/${width}`}`
}

/** Three digits a folder, so that none gets more than a thousand names: 1234067 is `x001/x234/067`. */
function indexPath(index: number): string {
	const last = String(index % 1000).padStart(3, '0')
	let path = last
	for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
		path = `x${String(rest % 1000).padStart(3, '0')}/${path}`
	return path
}

const form =
	/^tile\/(?<level>entries|0|[1-9][0-9]?)\/(?<index>(?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/(?<width>[1-9][0-9]{0,2}))?$/

/** The tile at this path, which must be spelled as `tilePath` spells it. */
export function parseTilePath(path: string): Result<Tile, Fault<'not-a-tile-path'>> {
	const { level = '', index = '', width } = form.exec(path)?.groups ?? {}
	const tile: Tile = {
		level: level === 'entries' ? level : Number(level),
		index: Number(index.replaceAll(/[x/]/g, '')),
		width: width === undefined ? fullWidth : Number(width),
	}
	const isOurs =
		level !== '' &&
		(tile.level === 'entries' || tile.level <= 63) &&
		Number.isSafeInteger(tile.index) &&
		tile.width <= fullWidth &&
		tilePath(tile) === path
	return isOurs ? ok(tile) : fail('not-a-tile-path', `no path of a tile: ${path}`)
}

/** How many leaves one hash of this level stands for. */
function leavesOf(level: Tile['level']): number {
	return level === 'entries' ? 1 : fullWidth ** level
}

/** How many hashes, or leaves, a tree of `size` leaves has at this level. */
export function countAt(level: Tile['level'], size: number): number {
	return Math.floor(size / leavesOf(level))
}

/** The tile of this number as a tree of `size` leaves has it; null where it has none. */
export function tileAt(level: Tile['level'], index: number, size: number): Tile | null {
	const width = Math.min(fullWidth, countAt(level, size) - index * fullWidth)
	return width > 0 ? { level, index, width } : null
}

/**
 * The tiles that a tree of `size` leaves has and one of `since` leaves had not: bundles first, then level by level, the
 * partial one of each last.
 */
export function* tilesOf(size: number, since = 0): Generator<Tile> {
	yield* tilesOfLevel('entries', size, since)
	for (let level = 0; countAt(level, size) > 0; level++) yield* tilesOfLevel(level, size, since)
}

function* tilesOfLevel(level: Tile['level'], size: number, since: number): Generator<Tile> {
	const [count, before] = [countAt(level, size), countAt(level, since)]
	if (count === before) return
	for (let index = Math.floor(before / fullWidth); index * fullWidth < count; index++) {
		const tile = tileAt(level, index, size)
		if (tile !== null) yield tile
	}
}
