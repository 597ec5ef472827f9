/**
 * An entry: what a device recorded, as its n-th, before anything else happened. It becomes public for ever,
 * so it names no operator, no place, no hardware and no network. A signature over it proves custody, never
 * that the paper is genuine.
 */
import * as z from 'zod'
import { longestActaCode } from '../acta/election.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { FileDigest, mostImages, ObjectId, Position, Seq, WholeMinute } from './fields.ts'
import { newestFormat } from './format.ts'
import { Id, type Identity } from './identity.ts'
import { type Jws, type JwsFault, parseJws, signJws, verifyJws } from './jws.ts'
import { type MeaningFault, readPayload } from './open.ts'
import type { Signer } from './signer.ts'

export const Image = z.looseObject({
	/** Which part of the strip: `full`, `top`, `bottom` … */
	role: z.string().regex(/^[a-z][a-z0-9-]{0,15}$/),
	mediaType: z.enum(['image/jpeg', 'image/png', 'image/webp', 'image/tiff']),
	size: z.int().min(1),
	sha256: FileDigest,
	/** When the image is sealed: the digest of the bytes that are stored and sent. */
	sealed: z.looseObject({ format: z.literal('age-v1'), size: z.int().min(1), sha256: FileDigest }).optional(),
})
export type Image = z.infer<typeof Image>

/** `text` is what was read, to the letter; `code` the acta code in it, when it has one. */
const EntryReading = z.looseObject({
	method: z.enum(['qr', 'ocr', 'none']),
	text: z.string().max(4096).nullable(),
	code: z.string().max(longestActaCode).nullable(),
})

const common = {
	v: z.literal(newestFormat),
	election: z.string().max(64),
	device: Id,
	/** Counts the device's starts. */
	boot: Seq,
	seq: Seq,
	/** The id of entry `seq - 1`; for the first the genesis (`genesisOf` the device's key). */
	prev: ObjectId,
	time: z.looseObject({
		/** To the minute: enough for people, too little to give away who stood there. */
		wall: WholeMinute,
		/** Where the wall clock had its time from. */
		source: z.enum(['none', 'rtc', 'ntp', 'receipt']),
		/** Since this boot began. */
		monotonicMs: z.int().min(0),
	}),
	/** The id of the last receipt seen: the entry is younger than it. */
	anchor: ObjectId.nullable(),
	software: z.string().max(64),
}

export const Entry = z.discriminatedUnion('kind', [
	z.looseObject({
		...common,
		kind: z.literal('acta'),
		reading: EntryReading,
		images: z.array(Image).min(1).max(mostImages),
	}),
	z.looseObject({ ...common, kind: z.literal('boot') }),
	z.looseObject({ ...common, kind: z.literal('clock') }),
	z.looseObject({ ...common, kind: z.literal('close') }),
	/** Marks an earlier entry as a mistake; nothing is ever deleted. A `reason` may stand there for people. */
	z.looseObject({ ...common, kind: z.literal('void'), voids: Position }),
])
export type Entry = z.infer<typeof Entry>

export interface SignedEntry {
	readonly text: string
	readonly id: string
	readonly entry: Entry
}

export type EntryFault = JwsFault | MeaningFault | Fault<'wrong-device'>

export function openEntry(text: string, device: Identity): Result<SignedEntry, EntryFault> {
	const parsed = parseJws(text, 'entry')
	if (!parsed.ok) return parsed
	const verified = verifyJws(parsed.value, device)
	return verified.ok ? readEntry(verified.value) : verified
}

/** What verified bytes mean. */
export function readEntry(jws: Jws): Result<SignedEntry, EntryFault> {
	const read = readPayload(jws, Entry)
	if (!read.ok) return read
	if (read.value.device !== jws.kid)
		return fail('wrong-device', 'the entry names another device than its signer')
	return ok({ text: jws.text, id: jws.id, entry: read.value })
}

/** Throws (a bug) on an entry that `openEntry` would refuse: a signature can't be taken back. */
export async function signEntry(entry: Entry, signer: Signer): Promise<SignedEntry> {
	if (Entry.parse(entry).device !== signer.kid) throw new Error('the entry names another device')
	const { text, id } = await signJws('entry', entry, signer)
	return { text, id, entry }
}
