/**
 * A tree that leaves are appended to.
 *
 * INVARIANTS
 * - What it holds is its right edge: at most 255 leaves, 255 hashes of each level, and one for each bit of its size.
 * - A tile leaves it when it is full, once and for ever; the partial ones are those of the size of the moment.
 */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { formatBundle } from './bundle.ts'
import { type RightEdge, readRightEdge, treesAtEdge } from './right-edge.ts'
import { countAt, fullWidth, type StoredTile, tileAt } from './tile.ts'
import { readBundle, type TileFault, type TileReader } from './tile-reader.ts'
import { isSameHash, leafHash, longestLeaf, nodeHash, rootOver, type TreeHead } from './tree-hash.ts'

const nothing: readonly StoredTile[] = []

export class GrowingTree {
	#size: number
	/** Perfect trees, the largest first. */
	readonly #trees: Uint8Array[]
	/** By level, the hashes of the tile that is not full. */
	readonly #edge: Uint8Array[][]
	#leaves: Uint8Array[]

	private constructor(size: number, edge: RightEdge, leaves: readonly Uint8Array[]) {
		this.#size = size
		this.#trees = treesAtEdge(edge)
		this.#edge = edge.map((hashes) => [...hashes])
		this.#leaves = [...leaves]
	}

	/** Without a leaf. */
	static empty(): GrowingTree {
		return new GrowingTree(0, [], [])
	}

	/** The tree of this head, to go on with. `root-differs`: the tiles are of another, or damaged. */
	static async open(
		reader: TileReader,
		{ size, root }: TreeHead,
	): Promise<Result<GrowingTree, TileFault | Fault<'root-differs'>>> {
		const edge = await readRightEdge(reader, size)
		if (!edge.ok) return edge
		const bundle = size % fullWidth === 0 ? null : tileAt('entries', Math.floor(size / fullWidth), size)
		const leaves = bundle === null ? ok([]) : await readBundle(reader, bundle)
		if (!leaves.ok) return leaves
		const tree = new GrowingTree(size, edge.value, leaves.value)
		const hashes = edge.value[0] ?? []
		if (!isSameHash(tree.root, root) || !leaves.value.every((leaf, at) => isHashOf(leaf, hashes[at])))
			return fail('root-differs', `the tiles are not those of the tree of ${size} leaves`)
		return ok(tree)
	}

	get size(): number {
		return this.#size
	}

	get root(): Uint8Array {
		return rootOver(this.#trees)
	}

	get head(): TreeHead {
		return { size: this.#size, root: this.root }
	}

	/** Appends a leaf. The tiles are those that it filled: mostly none. */
	append(leaf: Uint8Array): Result<readonly StoredTile[], Fault<'leaf-too-long'>> {
		if (leaf.length > longestLeaf)
			return fail('leaf-too-long', `a leaf of ${leaf.length} bytes; ${longestLeaf} at most`)
		this.#leaves.push(leaf)
		let hash: Uint8Array = leafHash(leaf)
		let full = this.#hang(hash, 0)
		for (let [height, rest] = [1, this.#size]; rest % 2 === 1; height++, rest = Math.floor(rest / 2)) {
			hash = nodeHash(this.#trees.pop() ?? hash, hash)
			if (height % 8 === 0) full = [...full, ...this.#hang(hash, height / 8)]
		}
		this.#trees.push(hash)
		this.#size++
		return ok(full)
	}

	/** The partial tiles of this size. */
	partials(): StoredTile[] {
		const bundle = tileAt('entries', Math.floor(this.#size / fullWidth), this.#size)
		const levels = this.#edge.flatMap((hashes, level) => {
			const tile = tileAt(level, Math.floor(countAt(level, this.#size) / fullWidth), this.#size)
			return tile === null ? [] : [{ ...tile, bytes: Buffer.concat(hashes) }]
		})
		return bundle === null ? levels : [{ ...bundle, bytes: formatBundle(this.#leaves) }, ...levels]
	}

	/** Gives a hash to the tile of its level; the size is still that before the leaf. */
	#hang(hash: Uint8Array, level: number): readonly StoredTile[] {
		const hashes = this.#edge[level] ?? []
		this.#edge[level] = hashes
		hashes.push(hash)
		if (hashes.length < fullWidth) return nothing
		this.#edge[level] = []
		const index = countAt(level, this.#size + 1) / fullWidth - 1
		const tile: StoredTile = { level, index, width: fullWidth, bytes: Buffer.concat(hashes) }
		if (level > 0) return [tile]
		const leaves = this.#leaves
		this.#leaves = []
		return [{ level: 'entries', index, width: fullWidth, bytes: formatBundle(leaves) }, tile]
	}
}

function isHashOf(leaf: Uint8Array, hash: Uint8Array | undefined): boolean {
	return hash !== undefined && isSameHash(leafHash(leaf), hash)
}
