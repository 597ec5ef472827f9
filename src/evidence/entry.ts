/**
 * An entry: what a device recorded, as its n-th, before anything else happened. It becomes public for ever,
 * so it names no operator, no place, no hardware and no network. A signature over it proves custody, never
 * that the paper is genuine.
 */
import * as z from 'zod'
import { longestActaCode } from '../acta/election.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { ChainKind } from './chain.ts'
import { Day, FileDigest, mostImages, ObjectId, Position, Seq, WholeMinute } from './fields.ts'
import { formats } from './format.ts'
import { Id, type Identity } from './identity.ts'
import { type Jws, type JwsFault, parseJws, signJws, verifyJws } from './jws.ts'
import { type MeaningFault, readPayload } from './open.ts'
import type { Signer } from './signer.ts'

/** Which part of the strip an image shows. */
export const imageRoles = ['full', 'top', 'upper-middle', 'middle', 'lower-middle', 'bottom'] as const
/** What of it everybody may see, for ever. */
export const publicRole = 'public'

export const Image = z.looseObject({
	/** One of `imageRoles`, or `publicRole`; a later version may have others. */
	role: z.string().regex(/^[a-z][a-z0-9-]{0,15}$/),
	mediaType: z.enum(['image/jpeg', 'image/png', 'image/webp', 'image/tiff']),
	size: z.int().min(1),
	sha256: FileDigest,
	/** When the image is sealed: the digest of the bytes that are stored and sent. */
	sealed: z.looseObject({ format: z.literal('age-v1'), size: z.int().min(1), sha256: FileDigest }).optional(),
})
export type Image = z.infer<typeof Image>

/** `text` is what was read, to the letter; `code` the acta code in it, when it has one. */
const reading = {
	method: z.enum(['qr', 'ocr', 'none']),
	text: z.string().max(4096).nullable(),
	/** Also where the counts could not be read. */
	code: z.string().max(longestActaCode).nullable(),
}

const source = z.enum(['none', 'rtc', 'ntp', 'receipt'])

const common = {
	election: z.string().max(64),
	device: Id,
	/** Counts the device's starts. */
	boot: Seq,
	seq: Seq,
	/** The id of entry `seq - 1`; for the first the genesis (`genesisOf` the device's key). */
	prev: ObjectId,
	/** The id of the last receipt seen: the entry is younger than it. */
	anchor: ObjectId.nullable(),
}
const images = z.array(Image).min(1).max(mostImages)

/** Why an entry is void. A few words: what a person would write could name somebody, and is public for ever. */
export const voidReasons = ['test', 'twice', 'not-an-acta', 'other'] as const
export type VoidReason = (typeof voidReasons)[number]

/** Name and version. */
export const softwareForm = /^testigo\/\d{1,4}(\.\d{1,4}){2}(-(alpha|beta|rc)\.\d{1,4})?$/

const commonOfNew = {
	...common,
	v: z.literal(formats.entry),
	/** `source`: where the clock had its time from. */
	time: z.looseObject({ day: Day, source }),
	software: z.string().regex(softwareForm, 'name/version'),
}

/** As it is written: nothing in it tells more of when than a day. */
const NewEntry = z.discriminatedUnion('kind', [
	z.looseObject({
		...commonOfNew,
		kind: z.literal('acta'),
		reading: z.looseObject({
			...reading,
			/** As it is printed on the acta. */
			hmac: FileDigest.optional(),
			/** What the printed figures say beside the code. */
			print: z.enum(['agrees', 'differs', 'unread']).optional(),
		}),
		images,
	}),
	z.looseObject({ ...commonOfNew, kind: z.literal('boot') }),
	z.looseObject({ ...commonOfNew, kind: z.literal('clock') }),
	z.looseObject({ ...commonOfNew, kind: z.literal('close') }),
	/** Marks an earlier entry as a mistake; nothing is ever deleted. */
	z.looseObject({ ...commonOfNew, kind: z.literal('void'), voids: Position, reason: z.enum(voidReasons) }),
])
export type NewEntry = z.infer<typeof NewEntry>

const commonOfVersion1 = {
	...common,
	v: z.literal(1),
	/** `monotonicMs`: since this boot began. */
	time: z.looseObject({ wall: WholeMinute, source, monotonicMs: z.int().min(0) }),
	software: z.string().max(64),
}

const EntryOfVersion1 = z.discriminatedUnion('kind', [
	z.looseObject({ ...commonOfVersion1, kind: z.literal('acta'), reading: z.looseObject(reading), images }),
	z.looseObject({ ...commonOfVersion1, kind: z.literal('boot') }),
	z.looseObject({ ...commonOfVersion1, kind: z.literal('clock') }),
	z.looseObject({ ...commonOfVersion1, kind: z.literal('close') }),
	/** A `reason` may stand there for people. */
	z.looseObject({ ...commonOfVersion1, kind: z.literal('void'), voids: Position }),
])

export const Entry = z.discriminatedUnion('v', [NewEntry, EntryOfVersion1])
export type Entry = z.infer<typeof Entry>

/** The day of an entry, as far as its clock knew: in the election's zone, of `v` 1 in UTC. */
export function dayOf({ time }: Entry): string {
	return 'wall' in time ? String(time.wall).slice(0, 10) : time.day
}

export interface SignedEntry<E extends Entry = Entry> {
	readonly text: string
	readonly id: string
	readonly entry: E
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
	const read = readPayload(jws, Entry, formats.entry)
	if (!read.ok) return read
	if (read.value.device !== jws.kid)
		return fail('wrong-device', 'the entry names another device than its signer')
	return ok({ text: jws.text, id: jws.id, entry: read.value })
}

/** A device's chain. */
export const entryChain: ChainKind<SignedEntry> = {
	kind: 'entry',
	role: 'device',
	read: readEntry,
	linkOf: ({ id, entry: { seq, prev } }) => ({ id, seq, prev }),
	signerOf: ({ entry: { device } }) => device,
}

/** Throws (a bug) on an entry that `openEntry` would refuse: a signature can't be taken back. */
export async function signEntry(entry: NewEntry, signer: Signer): Promise<SignedEntry<NewEntry>> {
	if (NewEntry.parse(entry).device !== signer.kid) throw new Error('the entry names another device')
	const { text, id } = await signJws('entry', entry, signer)
	return { text, id, entry }
}
