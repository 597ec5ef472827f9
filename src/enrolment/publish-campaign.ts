/**
 * The campaign object and the list of mirrors, as an authority issues them. A new one is signed whenever it is to say
 * something else than the one before; it stands in the log, with its text, before it leaves the machine.
 */
import { isDeepStrictEqual } from 'node:util'
import type * as z from 'zod'
import { Campaign, CampaignIssues, type NamedIssue, signCampaign } from '../evidence/authority/campaign.ts'
import { digestOfText } from '../evidence/authority/centre-list.ts'
import type { IssuedWords, IssuedWordsFault, SignedIssue } from '../evidence/authority/issued-words.ts'
import { Mirrors, MirrorsIssues, signMirrors } from '../evidence/authority/mirrors.ts'
import { DeviceRegistry } from '../evidence/authority/registry.ts'
import type { JwsFault } from '../evidence/jws.ts'
import { type MeaningFault, openObject } from '../evidence/open.ts'
import { instant } from '../platform/clock.ts'
import { faultsOf } from '../platform/files/json-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { CampaignAuthority } from './authority.ts'
import { wantedRegistry } from './publish-devices.ts'

/** What an issue says beside its number and time. */
export type WantedCampaign = Omit<Campaign, 'v' | 'issue' | 'time'>

/** All campaign objects that the authority has signed, in their order. */
export function signedCampaigns({ log, signer }: CampaignAuthority): readonly SignedIssue<Campaign>[] {
	const words = new CampaignIssues(signer.publicKey)
	takeLogged(words, log.campaigns)
	return words.issues()
}

/** The newest list of mirrors; null before the first. */
export function signedMirrors({ log, signer }: CampaignAuthority): SignedIssue<Mirrors> | null {
	const words = new MirrorsIssues(signer.publicKey)
	takeLogged(words, log.mirrors)
	return words.newest
}

/** `not-good`: `faults` has all that is wrong. */
interface NotGood extends Fault<'not-good'> {
	readonly faults: readonly string[]
}

type Words = 'campaign' | 'mirrors'

/**
 * `log-behind`: the folder has an object of this authority that its log knows nothing of, as where the laptop was set back
 * to an older copy: the next one would bear a number that is taken.
 */
export type IssuingFault =
	| NotGood
	| IssuedWordsFault<Words>
	| Fault<`${Words}-rollback` | `${Words}-equivocation` | `${Words}-changed` | 'log-behind'>

export interface IssuedNow<T> {
	/** The one that holds now. */
	readonly newest: SignedIssue<T>
	/** The one in whose place it was signed now; null where nothing was signed, or it is the first. */
	readonly before: SignedIssue<T> | null
	/** False where the newest said the same before. */
	readonly isNew: boolean
	/** All of them, in their order, as they are published. */
	readonly texts: readonly string[]
}

/** `published`: the objects that lie in the authority's folder. */
export function issueCampaign(
	{ log, signer }: CampaignAuthority,
	wanted: WantedCampaign,
	published: readonly string[],
	now: number,
): Promise<Result<IssuedNow<Campaign>, IssuingFault>> {
	return issue({
		...{ words: new CampaignIssues(signer.publicKey), logged: log.campaigns, published },
		...{ schema: Campaign, wanted, at: instant(now) },
		sign: (said) => signCampaign(said, signer),
		keep: (line) => log.append({ kind: 'campaign', ...line }),
	})
}

export function issueMirrors(
	{ log, signer }: CampaignAuthority,
	mirrors: readonly string[],
	published: readonly string[],
	now: number,
): Promise<Result<IssuedNow<Mirrors>, IssuingFault>> {
	return issue({
		...{ words: new MirrorsIssues(signer.publicKey), logged: log.mirrors, published },
		...{ schema: Mirrors, wanted: { mirrors: [...mirrors] }, at: instant(now) },
		sign: (said) => signMirrors(said, signer),
		keep: (line) => log.append({ kind: 'mirrors', ...line }),
	})
}

interface Numbered {
	readonly v: 1
	readonly issue: number
	readonly time: string
}

interface Issuing<T extends Numbered> {
	readonly words: IssuedWords<T, 'campaign'> | IssuedWords<T, 'mirrors'>
	readonly logged: readonly string[]
	readonly published: readonly string[]
	readonly schema: z.ZodType<T>
	readonly wanted: Omit<T, keyof Numbered>
	readonly at: string
	sign(said: T): Promise<SignedIssue<T>>
	keep(line: { readonly issue: number; readonly at: string; readonly text: string }): Promise<void>
}

async function issue<T extends Numbered>({
	words,
	logged,
	published,
	schema,
	wanted,
	at,
	sign,
	keep,
}: Issuing<T>): Promise<Result<IssuedNow<T>, IssuingFault>> {
	takeLogged(words, logged)
	for (const text of published) {
		const taken = words.take(text)
		if (!taken.ok) return taken
		if (taken.value)
			return fail(
				'log-behind',
				`no. ${words.newest?.said.issue} lies here, and the authority's log has none such`,
			)
	}
	const before = words.newest
	const texts = () => words.issues().map(({ text }) => text)
	if (before !== null && isDeepStrictEqual(contentOf(before.said), wanted))
		return ok({ newest: before, before: null, isNew: false, texts: texts() })
	const read = schema.safeParse({ v: 1, issue: (before?.said.issue ?? 0) + 1, time: at, ...wanted })
	if (!read.success) {
		const faults = faultsOf(read.error)
		return { ok: false, fault: { ...fail('not-good', faults.join('; ')).fault, faults } }
	}
	const fault = words.faultBefore(read.data)
	if (fault !== null) return fail(fault.code, fault.detail)
	const signed = await sign(read.data)
	await keep({ issue: read.data.issue, at, text: signed.text })
	words.take(signed.text)
	return ok({ newest: signed, before, isNew: true, texts: texts() })
}

function takeLogged(words: { take(text: string): Result<boolean> }, texts: readonly string[]): void {
	for (const text of texts) {
		const taken = words.take(text)
		if (!taken.ok)
			throw new Error(`the authority's log holds what is none of its words: ${taken.fault.detail}`)
	}
}

function contentOf<T extends Numbered>({ v: _v, issue: _issue, time: _time, ...content }: T) {
	return content
}

/**
 * How a campaign object is to name the registry that lies in the authority's folder. `registry-stale`: it is not the newest
 * one, or something was certified or revoked since.
 */
export function namedRegistry(
	{ log, signer }: CampaignAuthority,
	text: string,
): Result<NamedIssue, JwsFault | MeaningFault | Fault<'registry-stale'>> {
	const authority = { id: signer.kid, publicKey: signer.publicKey }
	const opened = openObject(text, 'registry', authority, DeviceRegistry)
	if (!opened.ok) return opened
	const { v: _v, issue: number, time: _time, ...said } = opened.value.payload
	if (number !== log.issue)
		return fail(
			'registry-stale',
			`the registry here is no. ${number}, the newest that was signed no. ${log.issue}`,
		)
	if (!isDeepStrictEqual(said, wantedRegistry(log)))
		return fail('registry-stale', `something was certified or revoked since the registry no. ${number}`)
	return ok({ issue: number, sha256: digestOfText(text) })
}
