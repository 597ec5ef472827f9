/**
 * A ruling: which entries of a table do not count, by an officer, as its n-th. It counts when two officers have
 * signed the same table, the same excluded entries and the same replaced rulings. Nothing is decided by majority, and
 * nothing is taken away: sums are given with and without rulings.
 */
import * as z from 'zod'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { ChainKind } from './chain.ts'
import { Day, ObjectId, Seq } from './fields.ts'
import { Id, type Identity } from './identity.ts'
import { type Jws, type JwsFault, parseJws, signJws, verifyJws } from './jws.ts'
import { type MeaningFault, readPayload } from './open.ts'
import type { Signer } from './signer.ts'

/** Why entries do not count. A few words, public for ever. */
export const rulingReasons = [
	'misread',
	'not-the-paper',
	'forged-paper',
	'another-table',
	'replaced',
	'other',
] as const
export type RulingReason = (typeof rulingReasons)[number]

/** The most entries, or rulings, that one names: with them it stays within `longestJws`. */
export const mostExcluded = 256

/** Centre and table as they stand in the acta code. */
export const tableName = /^[0-9]{1,20}\.[0-9]{1,20}$/

const ids = z
	.array(ObjectId)
	.max(mostExcluded)
	.refine((all) => new Set(all).size === all.length, 'an id stands twice')

export const Ruling = z.looseObject({
	v: z.literal(1),
	election: z.string().max(64),
	officer: Id,
	seq: Seq,
	/** The id of the ruling `seq - 1`; for the first the genesis (`genesisOf` the officer's key). */
	prev: ObjectId,
	/** Centre and table as they stand in the acta code, as `121202007.01`. */
	table: z.string().regex(tableName, 'centre and table: digits, a dot, digits'),
	/** The ids of the entries that do not count for this table; none where a ruling is only taken back. */
	excludes: ids,
	reason: z.enum(rulingReasons),
	/** On what it rests: the paper itself, or transcriptions by their ids. */
	rests: z.union([z.literal('paper'), ids.min(1)]),
	/** The ids of earlier rulings, of any officer, that no longer count. */
	replaces: ids.min(1).optional(),
	day: Day,
})
export type Ruling = z.infer<typeof Ruling>

export interface SignedRuling {
	readonly text: string
	readonly id: string
	readonly ruling: Ruling
}

/** `wrong-officer`: names another officer than its signer. */
export type RulingFault = JwsFault | MeaningFault | Fault<'wrong-officer'>

export function openRuling(text: string, officer: Identity): Result<SignedRuling, RulingFault> {
	const parsed = parseJws(text, 'ruling')
	if (!parsed.ok) return parsed
	const verified = verifyJws(parsed.value, officer)
	return verified.ok ? readRuling(verified.value) : verified
}

/** What verified bytes mean. */
export function readRuling(jws: Jws): Result<SignedRuling, RulingFault> {
	const read = readPayload(jws, Ruling)
	if (!read.ok) return read
	if (read.value.officer !== jws.kid)
		return fail('wrong-officer', 'the ruling names another officer than its signer')
	return ok({ text: jws.text, id: jws.id, ruling: read.value })
}

/** What of a ruling two officers have to sign alike. */
export interface Decided {
	readonly table: string
	readonly excludes: readonly string[]
	readonly replaces?: readonly string[] | undefined
}

/** In one spelling. */
export function decisionOf({ table, excludes, replaces = [] }: Decided): string {
	return JSON.stringify([table, excludes.toSorted(), replaces.toSorted()])
}

/** An officer's chain. */
export const rulingChain: ChainKind<SignedRuling> = {
	kind: 'ruling',
	role: 'officer',
	read: readRuling,
	linkOf: ({ id, ruling: { seq, prev } }) => ({ id, seq, prev }),
	signerOf: ({ ruling: { officer } }) => officer,
}

/** Throws (a bug) on a ruling that `openRuling` would refuse. */
export async function signRuling(ruling: Ruling, signer: Signer): Promise<SignedRuling> {
	if (Ruling.parse(ruling).officer !== signer.kid) throw new Error('the ruling names another officer')
	const { text, id } = await signJws('ruling', ruling, signer)
	return { text, id, ruling }
}
