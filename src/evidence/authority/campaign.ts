/**
 * The campaign object: all that decides a figure or a trust in the public log, by digest. Each issue bears a higher number
 * than the one before and stands in for it whole; all are kept, and each is a leaf of the log. Public for ever, so its
 * grammar is closed: what it does not name makes it none.
 */
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { ElectionDefinition } from '../../acta/election.ts'
import { decodeBase64 } from '../base64.ts'
import { FileDigest, Instant, Seq } from '../fields.ts'
import {
	cosignatureType,
	isKeyName,
	isSameSigner,
	noteType,
	parseVerifierKey,
	type VerifierKey,
} from '../keys/verifier-key.ts'
import type { Signer } from '../signer.ts'
import { type IssuedKind, IssuedWords, type SignedIssue, signIssue } from './issued-words.ts'
import { ShownText } from './shown-text.ts'

export const campaignFile = 'campaign.jws'

/** Each may have a line below a checkpoint. */
export const mostWitnesses = 32
const mostEarlier = 16

/** A signed object, by number and digest of its text. */
const NamedIssue = z.strictObject({ issue: Seq, sha256: FileDigest })
export type NamedIssue = z.infer<typeof NamedIssue>

/** The name of a log (its origin) or a witness, as a campaign object takes it: anybody can type it. */
export function isListedName(name: string): boolean {
	return /^[!-~]+$/.test(name) && isKeyName(name)
}

const VerifierKeyText = z.string().check((context) => {
	const parsed = parseVerifierKey(context.value)
	const why = parsed.ok ? nameFault(parsed.value) : parsed.fault.detail
	if (why !== null) context.issues.push({ code: 'custom', message: why, input: context.value })
})

function nameFault({ name }: VerifierKey): string | null {
	return isListedName(name) ? null : `${name}: a name of printable ASCII without blanks`
}

const NamedLog = z.strictObject({ origin: z.string().max(255), vkey: VerifierKeyText })

/** What a log of before had reached, when its key or its last checkpoint was lost or stolen. */
const EarlierLog = NamedLog.extend({
	size: z.int().min(0),
	/** As a checkpoint spells it. */
	root: z.string().refine((text) => decodeBase64(text)?.length === 32, 'base64 of 32 bytes'),
})
export type EarlierLog = z.infer<typeof EarlierLog>

const Witness = z.strictObject({
	vkey: VerifierKeyText,
	organisation: ShownText,
	country: z.string().regex(/^[A-Z]{2}$/, 'a country by two capital letters (ISO 3166-1)'),
})

export const Campaign = z
	.strictObject({
		v: z.literal(1),
		/** 1, 2, 3 …: the number of this issue. */
		issue: Seq,
		time: Instant,
		/** The id in the definition. */
		election: ElectionDefinition.shape.id,
		/** SHA-256 of the definition's file. */
		definition: FileDigest,
		/** SHA-256 of the register's file. */
		register: FileDigest,
		registry: NamedIssue,
		centres: NamedIssue,
		log: NamedLog,
		witnesses: z.array(Witness).max(mostWitnesses),
		/** So many of the witnesses have to cosign a checkpoint; 0 only where there are none. */
		threshold: z.int().min(0).max(mostWitnesses),
		/** Nothing in this log is of a real election. */
		rehearsal: z.boolean(),
		earlier: z.array(EarlierLog).max(mostEarlier),
	})
	.check((context) => {
		for (const { path, message } of faultsBetween(context.value)) {
			context.issues.push({ code: 'custom', path, message, input: context.value })
		}
	})
export type Campaign = z.infer<typeof Campaign>

type Between = Pick<Campaign, 'log' | 'witnesses' | 'threshold' | 'earlier'>

/** What is wrong with fields that are right one by one. */
function faultsBetween({ log, witnesses, threshold, earlier }: Between) {
	const faults: { readonly path: (string | number)[]; readonly message: string }[] = []
	const logs = [log, ...earlier].map(({ origin, vkey }, index) => {
		const key = keyOf(vkey)
		const path = index === 0 ? ['log'] : ['earlier', index - 1]
		if (key !== null && key.type !== noteType)
			faults.push({ path, message: 'the key is not that of a log (type 1)' })
		if (key !== null && key.name !== origin)
			faults.push({ path, message: 'the key is not named after the origin' })
		return key
	})
	const origins = [log, ...earlier].map(({ origin }) => origin)
	if (new Set(origins).size !== origins.length)
		faults.push({ path: ['earlier'], message: 'an origin stands twice' })
	const keys = [...logs]
	for (const [index, { vkey }] of witnesses.entries()) {
		const [key, path] = [keyOf(vkey), ['witnesses', index]]
		if (key !== null && key.type !== cosignatureType)
			faults.push({ path, message: 'the key is not that of a witness (type 4)' })
		const twin = key === null ? null : keys.find((one) => one !== null && isSameSigner(one, key))
		if (twin != null) faults.push({ path, message: `has the key, or name and key id, of ${twin.name}` })
		keys.push(key)
	}
	if (threshold > witnesses.length)
		faults.push({ path: ['threshold'], message: `only ${witnesses.length} witnesses are listed` })
	if (threshold === 0 && witnesses.length > 0)
		faults.push({ path: ['threshold'], message: 'one at least, where witnesses are listed' })
	return faults
}

function keyOf(vkey: string): VerifierKey | null {
	const parsed = parseVerifierKey(vkey)
	return parsed.ok ? parsed.value : null
}

export type SignedCampaign = SignedIssue<Campaign>

/** Throws (a bug) on an object that `CampaignIssues` would refuse by itself. */
export function signCampaign(campaign: Campaign, signer: Signer): Promise<SignedCampaign> {
	return signIssue(campaigns, campaign, signer)
}

const campaigns: IssuedKind<Campaign, 'campaign'> = {
	kind: 'campaign',
	named: 'campaign object',
	schema: Campaign,
	faultAfter: (before, next) => {
		for (const of of ['registry', 'centres'] as const) {
			if (next[of].issue < before[of].issue)
				return {
					code: 'campaign-rollback',
					why: `names ${of} no. ${next[of].issue} after no. ${before[of].issue}`,
				}
			if (next[of].issue === before[of].issue && next[of].sha256 !== before[of].sha256)
				return { code: 'campaign-equivocation', why: `names another ${of} with the number ${next[of].issue}` }
		}
		const why = changedFor(before, next)
		return why === null ? null : { code: 'campaign-changed', why }
	},
}

/** What stays as it is as long as there is a campaign, and a log. */
function changedFor(before: Campaign, next: Campaign): string | null {
	if (next.election !== before.election)
		return `is of the election ${next.election}, not of ${before.election}`
	if (next.rehearsal !== before.rehearsal)
		return next.rehearsal ? 'makes a rehearsal of what was none' : 'makes more of what was a rehearsal'
	const isKept = before.earlier.every((one) => next.earlier.some((other) => isDeepStrictEqual(one, other)))
	if (!isKept) return 'leaves out an earlier log, or says something else of it'
	const { vkey } = before.log
	if (next.log.vkey !== vkey && !next.earlier.some((one) => one.vkey === vkey))
		return `names another log, and not ${before.log.origin} as an earlier one`
	return null
}

/** All issues of a campaign's object, by its authority. */
export class CampaignIssues extends IssuedWords<Campaign, 'campaign'> {
	constructor(authority: ConstructorParameters<typeof IssuedWords>[1]) {
		super(campaigns, authority)
	}
}

/** The keys of its witnesses, in their order. */
export function witnessKeys({ witnesses }: Campaign): VerifierKey[] {
	return witnesses.flatMap(({ vkey }) => keyOf(vkey) ?? [])
}

/** The key of its log. */
export function logKey({ log }: Campaign): VerifierKey {
	const key = keyOf(log.vkey)
	if (key === null) throw new Error('the schema takes keys only')
	return key
}
