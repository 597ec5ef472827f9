/**
 * Cosignatures (C2SP tlog-cosignature 1.0.1): a witness says that at a time this was the largest checkpoint of the log
 * that it had seen, and went on all before. Of type 0x04 (Ed25519); others are not looked at.
 */

import { verifiesEd25519 } from '../evidence/ed25519.ts'
import { cosignatureType, type VerifierKey } from '../evidence/keys/verifier-key.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { isBy, type Note, type NoteSignature } from './note.ts'
import type { NoteSigner } from './signing.ts'

export interface Cosignature {
	readonly witness: VerifierKey
	/** POSIX time at which the witness says to have signed. */
	readonly timeSeconds: number
}

export type CosignatureFault = Fault<'bad-signature'>

const timeLength = 8

/** What is signed: the time, and all of the note's text. */
function signedText(text: string, timeSeconds: number | bigint): Buffer {
	return Buffer.from(`cosignature/v1\ntime ${timeSeconds}\n${text}`)
}

/**
 * A line below a checkpoint, whose text was parsed as one. The witness has seen that it goes on what it signed before.
 */
export function cosign(text: string, witness: NoteSigner, timeSeconds: number): NoteSignature {
	const { name, keyId, type } = witness.key
	if (type !== cosignatureType) throw new RangeError(`${name} is no witness`)
	const time = Buffer.alloc(timeLength)
	time.writeBigUInt64BE(BigInt(timeSeconds))
	return { name, keyId, signature: Buffer.concat([time, witness.sign(signedText(text, timeSeconds))]) }
}

/**
 * All of these witnesses' on a checkpoint, in the order of their lines; a witness may have several. The text was parsed
 * as that of a checkpoint.
 */
export function verifyCosignatures(
	{ text, signatures }: Note,
	witnesses: readonly VerifierKey[],
): Result<Cosignature[], CosignatureFault> {
	const found: Cosignature[] = []
	for (const one of signatures) {
		const witness = witnesses.find((key) => isBy(one, key))
		if (witness === undefined) continue
		const timeSeconds = verifiedTime(text, one.signature, witness)
		if (timeSeconds === null)
			return fail('bad-signature', `the cosignature of ${witness.name} is not of this checkpoint`)
		found.push({ witness, timeSeconds })
	}
	return ok(found)
}

function verifiedTime(text: string, timed: Uint8Array, { type, publicKey }: VerifierKey): number | null {
	if (type !== cosignatureType || timed.length <= timeLength) return null
	const time = Buffer.from(timed).readBigUInt64BE()
	const signature = timed.subarray(timeLength)
	// A time that numbers can't hold is later than any clock.
	if (time > BigInt(Number.MAX_SAFE_INTEGER)) return null
	return verifiesEd25519(signedText(text, time), signature, publicKey) ? Number(time) : null
}
