/** Tiles of a tree, kept in memory by their paths; and trees of numbered leaves. */

import { GrowingTree } from '#src/log/growing-tree.js'
import { type StoredTile, type Tile, tilePath } from '#src/log/tile.js'
import type { TileFault, TileReader } from '#src/log/tile-reader.js'
import { fail, ok, type Result } from '#src/platform/result.js'
import { gotten } from '../support/result.ts'

export class TilesInMemory implements TileReader {
	readonly files = new Map<string, StoredTile>()
	/** Paths of what was asked for. */
	readonly asked: string[] = []

	keep(tiles: readonly StoredTile[]): void {
		for (const tile of tiles) this.files.set(tilePath(tile), tile)
	}

	async read(tile: Tile): Promise<Result<StoredTile, TileFault>> {
		this.asked.push(tilePath(tile))
		for (let width = tile.width; width <= 256; width++) {
			const found = this.files.get(tilePath({ ...tile, width }))
			if (found !== undefined) return ok(found)
		}
		return fail('tile-missing', tilePath(tile))
	}
}

export function numberedLeaf(number: number): Buffer {
	return Buffer.from(`leaf ${number}`)
}

/** A tree of so many numbered leaves, and its tiles, partial ones too. */
export function numberedTree(size: number, leafOf = numberedLeaf) {
	const tiles = new TilesInMemory()
	const tree = GrowingTree.empty()
	for (let number = 0; number < size; number++) tiles.keep(gotten(tree.append(leafOf(number))))
	tiles.keep(tree.partials())
	return { tree, tiles }
}
