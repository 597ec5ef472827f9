/**
 * Proofs to be forwarded (C2SP tlog-proof, a draft): the number of a leaf, its inclusion proof, and a checkpoint, in one
 * text that is verified offline.
 */

import { decodeBase64, encodeBase64 } from '../evidence/base64.ts'
import type { VerifierKey } from '../evidence/keys/verifier-key.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type CheckpointFault, type OpenedCheckpoint, openCheckpoint } from './checkpoint.ts'
import { parseDecimal } from './decimal.ts'
import { longestNote } from './note.ts'
import { hashLength, leafHash, longestLeaf } from './tree-hash.ts'
import { type InclusionFault, verifyInclusion } from './verify-proof.ts'

export interface TlogProof {
	/** Of the leaf, from 0. */
	readonly index: number
	/** From the leaf's sibling up. */
	readonly hashes: readonly Uint8Array[]
	/** The note, byte by byte as it was published. */
	readonly checkpoint: Uint8Array
	/** Opaque, by anybody: nothing signs it. Null where there is none. */
	readonly extra: Uint8Array | null
}

export type TlogProofFault = Fault<'bad-proof'>

/** By a file's name. */
export const tlogProofEnding = '.tlog-proof'

const header = 'c2sp.org/tlog-proof@v1'
/** As high as the tallest tree. */
const mostHashes = 63
/** Bytes. */
export const longestTlogProof = longestNote + Math.ceil(longestLeaf / 3) * 4 + mostHashes * 45 + 100

export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
	const lines = [
		header,
		...(extra === null || extra.length === 0 ? [] : [`extra ${encodeBase64(extra)}`]),
		`index ${index}`,
		...hashes.map(encodeBase64),
		'',
	]
	return `${lines.join('\n')}\n${Buffer.from(checkpoint).toString()}`
}

/** The checkpoint is not looked at. */
export function parseTlogProof(bytes: Uint8Array): Result<TlogProof, TlogProofFault> {
	if (bytes.length > longestTlogProof) return fail('bad-proof', `over ${longestTlogProof} bytes`)
	const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
	const end = file.indexOf('\n\n')
	if (end < 0) return fail('bad-proof', 'no proof: it has no checkpoint')
	const lines = file.subarray(0, end).toString('latin1').split('\n')
	const refused = (why: string) => fail('bad-proof', `no proof: ${why}`)
	if (lines.shift() !== header) return refused(`it does not begin with ${header}`)
	const extraLine = lines[0]?.startsWith('extra ') === true ? lines.shift() : undefined
	const extra = extraLine === undefined ? null : decodeBase64(extraLine.slice('extra '.length))
	if (extraLine !== undefined && (extra === null || extra.length === 0 || extra.length > longestLeaf))
		return refused(`its extra line is no base64 of 1 to ${longestLeaf} bytes`)
	const [, decimal = ''] = /^index (.*)$/s.exec(lines.shift() ?? '') ?? []
	const index = parseDecimal(decimal)
	if (index === null) return refused('it has no index')
	if (lines.length > mostHashes) return refused(`it has over ${mostHashes} hashes`)
	const hashes = lines.map(decodeBase64)
	if (!hashes.every((hash) => hash?.length === hashLength)) return refused('a line is no hash')
	return ok({
		index,
		hashes: hashes.filter((hash) => hash !== null),
		checkpoint: file.subarray(end + 2),
		extra,
	})
}

/** That `leaf` is in the log, and its checkpoint, signed by the log. */
export function verifyTlogProof(
	{ index, hashes, checkpoint }: TlogProof,
	leaf: Uint8Array,
	log: VerifierKey,
	witnesses: readonly VerifierKey[] = [],
): Result<OpenedCheckpoint, CheckpointFault | InclusionFault> {
	const opened = openCheckpoint(checkpoint, log, witnesses)
	if (!opened.ok) return opened
	const included = verifyInclusion(opened.value, index, leafHash(leaf), hashes)
	return included.ok ? opened : included
}
