/**
 * Proofs made from tiles (RFC 6962, sections 2.1.1 and 2.1.2). What the tiles say is not looked at: a proof from damaged
 * ones does not verify (`verify-proof.ts`).
 */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { fullWidth, tileAt, tilePath } from './tile.ts'
import { readHashes, type TileFault, type TileReader } from './tile-reader.ts'
import { perfectRoot, rootOver } from './tree-hash.ts'

/** Leaves from `first` to before `end`. */
type Range = readonly [first: number, end: number]

export type ProofFault = TileFault | Fault<'not-in-tree'>

/** That the leaf of this number is in the tree of `size` leaves. */
export async function proveInclusion(
	reader: TileReader,
	index: number,
	size: number,
): Promise<Result<Uint8Array[], ProofFault>> {
	if (index < 0 || index >= size) return fail('not-in-tree', `no leaf ${index} in a tree of ${size}`)
	const ranges: Range[] = []
	for (let [first, end] = [0, size]; end - first > 1; ) {
		const middle = first + largestBelow(end - first)
		ranges.push(index < middle ? [middle, end] : [first, middle])
		if (index < middle) end = middle
		else first = middle
	}
	return await new TreeOfTiles(reader, size).roots(ranges.reverse())
}

/** That the tree of `older` leaves is the beginning of that of `newer`. Empty where one is empty or both are the same. */
export async function proveConsistency(
	reader: TileReader,
	older: number,
	newer: number,
): Promise<Result<Uint8Array[], ProofFault>> {
	if (older < 0 || older > newer) return fail('not-in-tree', `${older} leaves are more than ${newer}`)
	const ranges: Range[] = []
	let [first, end] = [0, newer]
	while (older > first && older < end) {
		const middle = first + largestBelow(end - first)
		ranges.push(older <= middle ? [middle, end] : [first, middle])
		if (older <= middle) end = middle
		else first = middle
	}
	// The older tree is a whole one of its own: who verifies has its root.
	if (first > 0) ranges.push([first, end])
	return await new TreeOfTiles(reader, newer).roots(ranges.reverse())
}

/** The largest power of two that is less than `count`. */
function largestBelow(count: number): number {
	let power = 1
	while (power * 2 < count) power *= 2
	return power
}

class TreeOfTiles {
	readonly #reader: TileReader
	readonly #size: number
	readonly #read = new Map<string, readonly Uint8Array[]>()

	constructor(reader: TileReader, size: number) {
		this.#reader = reader
		this.#size = size
	}

	async roots(ranges: readonly Range[]): Promise<Result<Uint8Array[], TileFault>> {
		const roots: Uint8Array[] = []
		for (const range of ranges) {
			const root = await this.#root(range)
			if (!root.ok) return root
			roots.push(root.value)
		}
		return ok(roots)
	}

	/** `first` is a multiple of the largest power of two in the range. */
	async #root([first, end]: Range): Promise<Result<Uint8Array, TileFault>> {
		const trees: Uint8Array[] = []
		for (let at = first; at < end; ) {
			let height = 0
			while (2 ** (height + 1) <= end - at) height++
			const tree = await this.#perfect(height, at / 2 ** height)
			if (!tree.ok) return tree
			trees.push(tree.value)
			at += 2 ** height
		}
		return ok(rootOver(trees))
	}

	/** The perfect tree of this height and number, which lies in one tile. */
	async #perfect(height: number, number: number): Promise<Result<Uint8Array, TileFault>> {
		const level = Math.floor(height / 8)
		const count = 2 ** (height % 8)
		const index = Math.floor((number * count) / fullWidth)
		const tile = tileAt(level, index, this.#size)
		if (tile === null) throw new RangeError('a hash that is not in the tree')
		const path = tilePath(tile)
		let hashes = this.#read.get(path)
		if (hashes === undefined) {
			const read = await readHashes(this.#reader, tile)
			if (!read.ok) return read
			hashes = read.value
			this.#read.set(path, hashes)
		}
		const at = number * count - index * fullWidth
		return ok(perfectRoot(hashes.slice(at, at + count)))
	}
}
