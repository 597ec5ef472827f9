/** Entry bundles: leaves one after another, each after its length in two bytes, big-endian (C2SP tlog-tiles). */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { fullWidth } from './tile.ts'
import { longestLeaf } from './tree-hash.ts'

/** Bytes: no bundle is longer. */
export const longestBundle = fullWidth * (2 + longestLeaf)

/** Throws a RangeError for a leaf that is too long: a tree refuses it before. */
export function formatBundle(leaves: readonly Uint8Array[]): Buffer {
	const parts = leaves.flatMap((leaf) => {
		const length = Buffer.alloc(2)
		length.writeUInt16BE(leaf.length)
		return [length, leaf]
	})
	return Buffer.concat(parts)
}

/** The leaves of a bundle of just this width; parts of `bytes`. */
export function parseBundle(bytes: Uint8Array, width: number): Result<Buffer[], Fault<'bad-tile'>> {
	const bundle = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
	const leaves: Buffer[] = []
	for (let at = 0; at < bundle.length; ) {
		if (leaves.length === width) return fail('bad-tile', `the bundle has more than ${width} leaves`)
		const end = at + 2 <= bundle.length ? at + 2 + bundle.readUInt16BE(at) : Number.POSITIVE_INFINITY
		if (end > bundle.length) return fail('bad-tile', `leaf ${leaves.length} of the bundle is cut off`)
		leaves.push(bundle.subarray(at + 2, end))
		at = end
	}
	return leaves.length === width
		? ok(leaves)
		: fail('bad-tile', `the bundle has ${leaves.length} leaves, not ${width}`)
}
