/** Proofs verified against what checkpoints say (RFC 9162, sections 2.1.3.2 and 2.1.4.2; RFC 6962 makes the same). */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { emptyRoot, hashLength, isSameHash, nodeHash, type TreeHead } from './tree-hash.ts'

export type InclusionFault = Fault<'not-included'>

/** `leaf` is the hash of the leaf; its number is trusted as little as the proof. */
export function verifyInclusion(
	{ size, root }: TreeHead,
	index: number,
	leaf: Uint8Array,
	proof: readonly Uint8Array[],
): Result<null, InclusionFault> {
	const refused = (why: string) => fail('not-included', `no proof that leaf ${index} is in the tree: ${why}`)
	if (!isIndex(index) || index >= size) return refused(`it has ${size} leaves`)
	if (proof.some(({ length }) => length !== hashLength)) return refused('it holds what is no hash')
	let [at, last, hash] = [index, size - 1, leaf]
	for (const sibling of proof) {
		if (last === 0) return refused('it is too long')
		if (at % 2 === 1 || at === last) {
			hash = nodeHash(sibling, hash)
			while (at % 2 === 0 && at > 0) [at, last] = [half(at), half(last)]
		} else hash = nodeHash(hash, sibling)
		;[at, last] = [half(at), half(last)]
	}
	if (last > 0) return refused('it is too short')
	return isSameHash(hash, root) ? ok(null) : refused('it gives another root')
}

/**
 * `shrunk`: the newer has fewer leaves. `forked`: another root for the same size; the two checkpoints are proof of it
 * to anyone. `not-consistent`: the proof does not show it, which can be the proof's fault.
 */
export type ConsistencyFault = Fault<'shrunk' | 'forked' | 'not-consistent'>

export function verifyConsistency(
	older: TreeHead,
	newer: TreeHead,
	proof: readonly Uint8Array[],
): Result<null, ConsistencyFault> {
	const refused = (why: string) =>
		fail('not-consistent', `no proof that the tree of ${newer.size} goes on that of ${older.size}: ${why}`)
	if (newer.size < older.size) return fail('shrunk', `a tree of ${older.size} leaves now has ${newer.size}`)
	if (newer.size === older.size) {
		if (!isSameHash(older.root, newer.root)) return fail('forked', `two trees of ${older.size} leaves`)
		return proof.length === 0 ? ok(null) : refused('it is too long')
	}
	if (older.size === 0) {
		if (!isSameHash(older.root, emptyRoot())) return refused('the root of an empty tree is another')
		return proof.length === 0 ? ok(null) : refused('it is too long')
	}
	if (proof.some(({ length }) => length !== hashLength)) return refused('it holds what is no hash')
	let [at, last] = [older.size - 1, newer.size - 1]
	while (at % 2 === 1) [at, last] = [half(at), half(last)]
	// A whole older tree is one of the newer one's: it begins with itself.
	const [first, ...rest] = at === 0 ? [older.root, ...proof] : proof
	if (first === undefined) return refused('it is too short')
	let [olderHash, newerHash] = [first, first]
	for (const hash of rest) {
		if (last === 0) return refused('it is too long')
		if (at % 2 === 1 || at === last) {
			olderHash = nodeHash(hash, olderHash)
			newerHash = nodeHash(hash, newerHash)
			while (at % 2 === 0 && at > 0) [at, last] = [half(at), half(last)]
		} else newerHash = nodeHash(newerHash, hash)
		;[at, last] = [half(at), half(last)]
	}
	if (last > 0) return refused('it is too short')
	if (!isSameHash(olderHash, older.root)) return refused('it gives another root of the older')
	return isSameHash(newerHash, newer.root) ? ok(null) : refused('it gives another root of the newer')
}

function half(number: number): number {
	return Math.floor(number / 2)
}

function isIndex(number: number): boolean {
	return Number.isSafeInteger(number) && number >= 0
}
