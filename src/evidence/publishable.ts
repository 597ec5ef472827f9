/**
 * What the public log holds of an object: its text, where every field is in a closed grammar, else its place alone. Nothing
 * can be taken out of a log, and a hostile device could put a name or a place of people into it for ever: into a field that
 * no format names, into the text of a reading, between two fields. Digests and numbers stay: no grammar can tell of one
 * whether it is what it says.
 *
 * Receipts and registries are never leaves. What comes in here is verified; nobody has looked at what it says.
 */
import * as z from 'zod'
import type { ElectionDefinition } from '../acta/election.ts'
import { parsePayload, tableInCode } from '../acta/payload.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'
import { Campaign } from './authority/campaign.ts'
import { unknownFieldIn } from './closed-grammar.ts'
import { Entry, type Image, imageRoles, publicRole, softwareForm } from './entry.ts'
import { ObjectId, Seq } from './fields.ts'
import { formats } from './format.ts'
import { Head } from './head.ts'
import { Id } from './identity.ts'
import type { Jws } from './jws.ts'
import { readPayload } from './open.ts'
import { Ruling } from './ruling.ts'
import { isSpelledAsWritten } from './spelling.ts'
import { Transcription } from './transcription.ts'

export const leafKinds = ['entry', 'head', 'transcription', 'ruling', 'campaign'] as const
export type LeafKind = (typeof leafKinds)[number]

/** Of the campaign object in force. */
export interface PublishingRules {
	readonly election: ElectionDefinition
	/** `v` 1 of entries and heads, which tells minutes, is published in rehearsals only. */
	readonly rehearsal: boolean
}

/** Stands for an object that must not be published: what names its id chains over it. */
const WithheldLeaf = z.strictObject({
	/** Its kind. */
	withheld: z.enum(leafKinds),
	/** Its `kid`. */
	by: Id,
	/** Of a campaign object its `issue`. */
	seq: Seq,
	id: ObjectId,
})
export type WithheldLeaf = z.infer<typeof WithheldLeaf>

export interface LeafToPublish {
	/** Its bytes, in ASCII. */
	readonly text: string
	/** Of the object, also where it is withheld. */
	readonly id: string
	/** What of it is not in the grammar; null for what is published as text. It may quote the object. */
	readonly withheldFor: string | null
}

/** `no-number`: withheld, and nobody could say in whose place: it says no number of its own. It is no leaf. */
export function leafToPublish(
	kind: LeafKind,
	jws: Jws,
	rules: PublishingRules,
): Result<LeafToPublish, Fault<'no-number'>> {
	const { text, id, kid } = jws
	const withheldFor = outsideGrammar(kind, jws, rules)
	if (withheldFor === null) return ok({ text, id, withheldFor })
	const seq = numberIn(kind, jws.payload)
	if (seq === null) return fail('no-number', `${kind} ${id} says no number of its own: ${withheldFor}`)
	return ok({ text: withheldText({ withheld: kind, by: kid, seq, id }), id, withheldFor })
}

/** What of an object is not in the closed grammar; null where all is. */
export function outsideGrammar(kind: LeafKind, jws: Jws, rules: PublishingRules): string | null {
	return grammars[kind](jws, rules)
}

/** The withheld leaf of this text; null for any other text. */
export function parseWithheld(text: string): WithheldLeaf | null {
	const json = parseJson(Buffer.from(text))
	const read = json.ok ? WithheldLeaf.safeParse(json.value) : null
	return read?.success && withheldText(read.data) === text ? read.data : null
}

function withheldText({ withheld, by, seq, id }: WithheldLeaf): string {
	return JSON.stringify({ withheld, by, seq, id })
}

function numberIn(kind: LeafKind, payload: unknown): number | null {
	const { seq, issue } = z.looseObject({}).safeParse(payload).data ?? {}
	return Seq.safeParse(kind === 'campaign' ? issue : seq).data ?? null
}

const grammars: Readonly<Record<LeafKind, (jws: Jws, rules: PublishingRules) => string | null>> = {
	entry: (jws, rules) =>
		outside(jws, Entry, formats.entry, (entry) => {
			const text = entry.kind === 'acta' ? outsideReading(entry.reading, rules.election) : null
			const image = entry.kind === 'acta' ? entry.images.find(hasOtherRole) : undefined
			return (
				outsideVersion(entry, rules) ??
				outsideElection(entry, rules) ??
				(entry.device === jws.kid ? null : 'device: not its signer') ??
				(softwareForm.test(entry.software) ? null : 'software: not of a known form') ??
				text ??
				(image === undefined ? null : `images: the role ${image.role} is not a known one`)
			)
		}),
	head: (jws, rules) =>
		outside(
			jws,
			Head,
			formats.entry,
			(head) => outsideVersion(head, rules) ?? (head.device === jws.kid ? null : 'device: not its signer'),
		),
	transcription: (jws, rules) =>
		outside(jws, Transcription, 1, (answer) => {
			const { text = null, code = null, station } = answer
			return (
				outsideElection(answer, rules) ??
				(station === jws.kid ? null : 'station: not its signer') ??
				outsideReading({ text, code }, rules.election)
			)
		}),
	ruling: (jws, rules) =>
		outside(
			jws,
			Ruling,
			1,
			(ruling) =>
				outsideElection(ruling, rules) ??
				(ruling.officer === jws.kid ? null : 'officer: not its signer') ??
				(isTableName(ruling.table, rules.election) ? null : 'table: not the digits of a table'),
		),
	campaign: (jws, rules) => outside(jws, Campaign, 1, (campaign) => outsideElection(campaign, rules)),
}

/** What holds of all kinds, then `further` of this one. */
function outside<T>(
	jws: Jws,
	schema: z.ZodType<T>,
	newest: number,
	further: (payload: T) => string | null,
): string | null {
	const read = readPayload(jws, schema, newest)
	if (!read.ok) return read.fault.detail
	const unknown = unknownFieldIn(schema, jws.payload)
	if (unknown !== null) return `${unknown}: no such field`
	return isSpelledAsWritten(jws) ? further(read.value) : 'blanks, escapes or further words in the header'
}

function outsideVersion({ v }: { readonly v: number }, { rehearsal }: PublishingRules): string | null {
	return v === 1 && !rehearsal ? 'v: 1 tells minutes' : null
}

function outsideElection({ election }: { readonly election: string }, rules: PublishingRules): string | null {
	return election === rules.election.id ? null : 'election: not this one'
}

function outsideReading(
	{ text, code }: { readonly text: string | null; readonly code: string | null },
	election: ElectionDefinition,
): string | null {
	if (text !== null && !parsePayload(Buffer.from(text), election).ok)
		return 'text: not in the grammar of actas'
	return code === null || tableInCode(code, election) !== null
		? null
		: 'code: not in the grammar of acta codes'
}

function hasOtherRole({ role }: Image): boolean {
	return role !== publicRole && !imageRoles.some((known) => known === role)
}

function isTableName(table: string, { code }: ElectionDefinition): boolean {
	const [centro = '', mesa = ''] = table.split('.')
	return centro.length === code.digits[code.centro] && mesa.length === code.digits[code.mesa]
}
