/** The tiles at the right edge of a tree, which are all that its root and its growing need. */
import { ok, type Result } from '../platform/result.ts'
import { countAt, fullWidth } from './tile.ts'
import { readHashes, type TileFault, type TileReader } from './tile-reader.ts'
import { perfectRoot, rootOver } from './tree-hash.ts'

/** The hashes of the partial tile of each level, from level 0 on; none where the last tile of the level is full. */
export type RightEdge = readonly (readonly Uint8Array[])[]

export async function readRightEdge(reader: TileReader, size: number): Promise<Result<RightEdge, TileFault>> {
	const edge: Uint8Array[][] = []
	for (let level = 0; countAt(level, size) > 0; level++) {
		const count = countAt(level, size)
		const [index, width] = [Math.floor(count / fullWidth), count % fullWidth]
		const hashes = width === 0 ? ok([]) : await readHashes(reader, { level, index, width })
		if (!hashes.ok) return hashes
		edge.push(hashes.value)
	}
	return ok(edge)
}

/** The perfect trees that hang at the edge, the largest first: one for each bit of the size. */
export function treesAtEdge(edge: RightEdge): Uint8Array[] {
	return edge.toReversed().flatMap((hashes) => {
		const trees: Uint8Array[] = []
		for (let at = 0, count = fullWidth / 2; count >= 1; count /= 2) {
			if (hashes.length - at < count) continue
			trees.push(perfectRoot(hashes.slice(at, at + count)))
			at += count
		}
		return trees
	})
}

/**
 * The root that the tiles give to a tree of `size` leaves, which may be an earlier size of theirs. It says nothing of
 * the tiles below the edge.
 */
export async function rootAt(reader: TileReader, size: number): Promise<Result<Uint8Array, TileFault>> {
	const edge = await readRightEdge(reader, size)
	return edge.ok ? ok(rootOver(treesAtEdge(edge.value))) : edge
}
