/** The hashes of a Merkle tree as RFC 6962, section 2.1, has them: a leaf can't pass for a node, nor a node for a leaf. */
import { hash } from 'node:crypto'

/** Bytes. */
export const hashLength = 32

/** What a checkpoint says of a tree: how many leaves it has, and the hash of them all. */
export interface TreeHead {
	readonly size: number
	readonly root: Uint8Array
}

/** Bytes: the length of a leaf stands in two of them in its bundle. */
export const longestLeaf = 0xffff

export function leafHash(leaf: Uint8Array): Buffer {
	const input = Buffer.allocUnsafe(1 + leaf.length)
	input[0] = 0
	input.set(leaf, 1)
	return hash('sha256', input, 'buffer')
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
	const input = Buffer.allocUnsafe(1 + 2 * hashLength)
	input[0] = 1
	input.set(left, 1)
	input.set(right, 1 + hashLength)
	return hash('sha256', input, 'buffer')
}

/** The root of a tree without a leaf: the SHA-256 of nothing. */
export function emptyRoot(): Buffer {
	return hash('sha256', '', 'buffer')
}

/** The root over 2^n hashes of one height; n may be 0. */
export function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
	const [first] = hashes
	if (first === undefined) throw new RangeError('no hash')
	if (hashes.length === 1) return first
	const half = hashes.length / 2
	return nodeHash(perfectRoot(hashes.slice(0, half)), perfectRoot(hashes.slice(half)))
}

/** The root over perfect trees, the largest first, as RFC 6962 hangs them together. */
export function rootOver(trees: readonly Uint8Array[]): Uint8Array {
	const last = trees.at(-1)
	if (last === undefined) return emptyRoot()
	return trees.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last)
}

export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
	return Buffer.compare(one, other) === 0
}
