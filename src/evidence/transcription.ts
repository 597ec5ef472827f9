/**
 * A transcription: what a person at a reading station read from the picture of one entry, without seeing what a
 * machine or another person read of it. It is the station's n-th answer, in a chain as a device's. Public for ever: it
 * names nobody who read, and no time finer than a day.
 */
import * as z from 'zod'
import { longestActaCode } from '../acta/election.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { ChainKind } from './chain.ts'
import { Day, FileDigest, ObjectId, Seq } from './fields.ts'
import { Id, type Identity } from './identity.ts'
import { type Jws, type JwsFault, parseJws, signJws, verifyJws } from './jws.ts'
import { type MeaningFault, readPayload } from './open.ts'
import type { Signer } from './signer.ts'

/** Why a picture can't be read. A few words: what a person would write is public for ever. */
export const unreadableReasons = [
	'no-acta',
	'blurred',
	'faded',
	'covered',
	'cut-off',
	'another-election',
	'other',
] as const
export type UnreadableReason = (typeof unreadableReasons)[number]

const SignatureBox = z.enum(['filled', 'empty', 'not-visible'])

const common = {
	v: z.literal(1),
	election: z.string().max(64),
	station: Id,
	seq: Seq,
	/** The id of the answer `seq - 1`; for the first the genesis (`genesisOf` the station's key). */
	prev: ObjectId,
	/** The id of the entry that was read. */
	entry: ObjectId,
	/** The plain SHA-256 of the picture that was looked at: one that the entry names. */
	image: FileDigest,
	/** As it is printed on the acta. */
	hmac: FileDigest.optional(),
	/** The six boxes in printed order, and whether something stands in them: never what. */
	signatures: z.array(SignatureBox).length(6),
	/** The id of an earlier answer of this station to the same entry, which no longer counts. */
	replaces: ObjectId.optional(),
	day: Day,
}

const code = z.string().max(longestActaCode)

/** Either `text`, the payload's grammar as it would stand in the code, or why there is none; then `code` alone may be legible. */
export const Transcription = z.union([
	z.looseObject({
		...common,
		text: z.string().min(1).max(2048),
		code: code.optional(),
		unreadable: z.undefined().optional(),
	}),
	z.looseObject({
		...common,
		text: z.undefined().optional(),
		unreadable: z.enum(unreadableReasons),
		code: code.optional(),
	}),
])
export type Transcription = z.infer<typeof Transcription>

export interface SignedTranscription {
	readonly text: string
	readonly id: string
	readonly transcription: Transcription
}

/** `wrong-station`: names another station than its signer. */
export type TranscriptionFault = JwsFault | MeaningFault | Fault<'wrong-station'>

export function openTranscription(
	text: string,
	station: Identity,
): Result<SignedTranscription, TranscriptionFault> {
	const parsed = parseJws(text, 'transcription')
	if (!parsed.ok) return parsed
	const verified = verifyJws(parsed.value, station)
	return verified.ok ? readTranscription(verified.value) : verified
}

/** What verified bytes mean. */
export function readTranscription(jws: Jws): Result<SignedTranscription, TranscriptionFault> {
	const read = readPayload(jws, Transcription)
	if (!read.ok) return read
	if (read.value.station !== jws.kid)
		return fail('wrong-station', 'the transcription names another station than its signer')
	return ok({ text: jws.text, id: jws.id, transcription: read.value })
}

/** A reading station's chain. */
export const transcriptionChain: ChainKind<SignedTranscription> = {
	kind: 'transcription',
	role: 'station',
	read: readTranscription,
	linkOf: ({ id, transcription: { seq, prev } }) => ({ id, seq, prev }),
	signerOf: ({ transcription: { station } }) => station,
}

/** Throws (a bug) on a transcription that `openTranscription` would refuse. */
export async function signTranscription(
	transcription: Transcription,
	signer: Signer,
): Promise<SignedTranscription> {
	if (Transcription.parse(transcription).station !== signer.kid) throw new Error('another station')
	const { text, id } = await signJws('transcription', transcription, signer)
	return { text, id, transcription }
}
