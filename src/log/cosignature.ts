/**
 * Cosignatures (C2SP tlog-cosignature 1.0.1): a witness says that at a time this was the largest checkpoint of the log
 * that it had seen, and went on all before. Of type 0x04 (Ed25519); others are not looked at.
 */

import { verifiesEd25519 } from '../evidence/ed25519.ts'
import { cosignatureType, type VerifierKey } from '../evidence/keys/verifier-key.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { formatSignature, isBy, longestNote, mostSignatures, type Note, type NoteSignature } from './note.ts'
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

/**
 * The note with these lines below, as far as they are cosignatures by these witnesses that verify. Of each witness the
 * first and the newest stay, so that none, and nobody unknown, takes the room of another. All that stay keep their places.
 */
export function withCosignatures(
	note: Note,
	added: readonly NoteSignature[],
	witnesses: readonly VerifierKey[],
): Note {
	const lines = new Map<string, NoteSignature>()
	for (const one of note.signatures) lines.set(formatSignature(one), one)
	for (const one of added) if (witnesses.some((key) => isBy(one, key))) lines.set(formatSignature(one), one)
	const signed = [...lines].map(([line, one]) => {
		const witness = witnesses.find((key) => isBy(one, key))
		const timeSeconds = witness === undefined ? null : verifiedTime(note.text, one.signature, witness)
		return { line, one, witness, timeSeconds }
	})
	const stays = new Set<string>()
	for (const witness of witnesses) {
		const own = signed.filter((one) => one.witness === witness && one.timeSeconds !== null)
		own.sort((one, other) => (one.timeSeconds ?? 0) - (other.timeSeconds ?? 0))
		for (const one of [own[0], own.at(-1)]) if (one !== undefined) stays.add(one.line)
	}
	let [count, bytes] = [stays.size, Buffer.byteLength(note.text) + 1]
	for (const line of stays) bytes += Buffer.byteLength(line)
	// Of others what there is room for, the first before all: the log signs first.
	for (const { line, witness } of signed) {
		if (witness !== undefined || count >= mostSignatures) continue
		bytes += Buffer.byteLength(line)
		if (bytes > longestNote) break
		stays.add(line)
		count++
	}
	return { text: note.text, signatures: signed.filter(({ line }) => stays.has(line)).map(({ one }) => one) }
}

function verifiedTime(text: string, timed: Uint8Array, { type, publicKey }: VerifierKey): number | null {
	if (type !== cosignatureType || timed.length <= timeLength) return null
	const time = Buffer.from(timed).readBigUInt64BE()
	const signature = timed.subarray(timeLength)
	// A time that numbers can't hold is later than any clock.
	if (time > BigInt(Number.MAX_SAFE_INTEGER)) return null
	return verifiesEd25519(signedText(text, time), signature, publicKey) ? Number(time) : null
}
