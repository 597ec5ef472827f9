/**
 * Whose receipts and commands count: the centres that the newest object of the authority lists; before the first one,
 * the pinned centre. A list only ever goes on to a higher number.
 */
import { createHash, type KeyObject } from 'node:crypto'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import type { Identity } from '../identity.ts'
import { type JwsFault, parseJws, verifyJws } from '../jws.ts'
import { type MeaningFault, readPayload } from '../open.ts'
import { Centres, listedCentres, type SignedCentres } from './centres.ts'

/**
 * `wrong-centre`: not listed, or revoked, or not the pinned one. `centres-awaited`: the authority has issued a newer
 * object than is here, so that nobody can say.
 */
export type UncountedCentre = Fault<'wrong-centre' | 'centres-awaited'>

/** Asked of whoever signed a receipt or a command. */
export interface CountedCentres {
	counted(centre: string): Result<Identity, UncountedCentre>
}

/** Where no authority is known the pinned centre is a list of one. */
export function onlyCentre(pinned: Identity): CentreList {
	return new CentreList(null, pinned)
}

/** How the authority's settings name an object: its number, and the SHA-256 of its text, hexadecimal. */
export interface NamedCentres {
	readonly issue: number
	readonly sha256: string
}

export type UnusableName = Fault<'centres-rollback' | 'centres-equivocation'>

/**
 * `centres-rollback`: older than the object that is here. `centres-equivocation`: another one with its number, or than
 * the one that settings name; the authority never signs two. `id-reused`, `wrong-authority`: as of a registry.
 */
export type CentreListFault =
	| JwsFault
	| MeaningFault
	| Fault<'wrong-authority' | 'centres-rollback' | 'centres-equivocation' | 'id-reused'>

export class CentreList implements CountedCentres {
	readonly authority: KeyObject | null
	readonly #pinned: Identity | null
	#newest: SignedCentres | null = null
	#kid: string | null = null
	#listed: ReadonlyMap<string, Identity> = new Map()
	/** Ids that were ever listed here. */
	readonly #known = new Map<string, Identity>()
	#named: NamedCentres | null = null

	/** `authority` is the key by which objects count; without one none does. `pinned` counts before the first. */
	constructor(authority: KeyObject | null, pinned: Identity | null) {
		this.authority = authority
		this.#pinned = pinned
	}

	/** The number of the object that is here; 0 before the first. */
	get issue(): number {
		return this.#newest?.centres.issue ?? 0
	}

	/** The object that is here. */
	get text(): string | null {
		return this.#newest?.text ?? null
	}

	/** Those that count, or would if none were awaited. */
	get centres(): readonly Identity[] {
		if (this.#newest !== null) return [...this.#listed.values()]
		return this.#pinned === null ? [] : [this.#pinned]
	}

	/** Why the authority revoked a centre; undefined where it did not. */
	revocationOf(centre: string): string | undefined {
		return this.#newest?.centres.revoked.find(({ id }) => id === centre)?.reason
	}

	get revoked(): readonly { readonly id: string; readonly reason: string }[] {
		return this.#newest?.centres.revoked ?? []
	}

	/** The number of the object that settings name and that is not here; null where none is awaited. */
	get awaited(): number | null {
		return this.#named !== null && this.#named.issue > this.issue ? this.#named.issue : null
	}

	counted(centre: string): Result<Identity, UncountedCentre> {
		const { awaited } = this
		if (awaited === null) return this.#listedCentre(centre)
		const detail = `the list of centres no. ${awaited} is not here yet: nothing counts until then`
		return fail('centres-awaited', detail)
	}

	/** As if none were awaited: what may be kept, and counts when the newer one comes and says the same. */
	readonly presumed: CountedCentres = { counted: (centre) => this.#listedCentre(centre) }

	#listedCentre(centre: string): Result<Identity, UncountedCentre> {
		const found = this.#newest === null ? this.#pinned : this.#listed.get(centre)
		if (found?.id === centre) return ok(found)
		const reason = this.revocationOf(centre)
		const why = reason === undefined ? 'is not listed' : `is revoked (${reason})`
		const by = this.#newest === null ? 'it is not the pinned one' : `it ${why} in the list no. ${this.issue}`
		return fail('wrong-centre', `by ${centre}, which does not count: ${by}`)
	}

	/** Takes in an object; true when it is newer than the one before. What is refused changes nothing. */
	take(text: string): Result<boolean, CentreListFault> {
		const opened = this.#open(text)
		if (!opened.ok) return opened
		const signed = opened.value
		const { issue } = signed.centres
		const named = this.#named?.issue === issue && this.#named.sha256 !== digestOfText(text)
		if (named || (issue === this.issue && signed.id !== this.#newest?.id)) {
			return equivocation(issue)
		}
		if (issue === this.issue) return ok(false)
		if (issue < this.issue) {
			return fail('centres-rollback', `a list of centres no. ${issue}, and no. ${this.issue} is here already`)
		}
		const listed = listedCentres(signed.centres)
		for (const [id, { publicKey }] of listed) {
			if (this.#known.get(id)?.publicKey.equals(publicKey) === false) {
				return fail('id-reused', `the list of centres no. ${issue} gives ${id} another key than before`)
			}
		}
		this.#kid = signed.kid
		this.#newest = signed
		this.#listed = listed
		for (const [id, centre] of listed) this.#known.set(id, centre)
		return ok(true)
	}

	/** Settings name this object. */
	expect(named: NamedCentres): Result<true, UnusableName> {
		const here = this.#newest
		if (named.issue === this.issue && here !== null && named.sha256 !== digestOfText(here.text)) {
			return equivocation(named.issue)
		}
		const before = this.#named
		if (before?.issue === named.issue && before.sha256 !== named.sha256) {
			return equivocation(named.issue)
		}
		const least = Math.max(this.issue, before?.issue ?? 0)
		if (named.issue < least) {
			return fail(
				'centres-rollback',
				`the list of centres no. ${named.issue} is named, and no. ${least} is known already`,
			)
		}
		this.#named = named
		return ok(true)
	}

	#open(text: string): Result<SignedCentres & { readonly kid: string }, CentreListFault> {
		const { authority } = this
		if (authority === null)
			return fail('wrong-authority', 'no authority is known here that could list centres')
		const parsed = parseJws(text, 'centres')
		if (!parsed.ok) return parsed
		const { id, kid } = parsed.value
		const verified = verifyJws(parsed.value, { id: kid, publicKey: authority })
		if (!verified.ok) return verified
		if (this.#kid !== null && this.#kid !== kid) {
			return fail('wrong-authority', `signed as ${kid}, what came before as ${this.#kid}`)
		}
		const read = readPayload(verified.value, Centres)
		return read.ok ? ok({ text, id, kid, centres: read.value }) : read
	}
}

function equivocation(issue: number) {
	return fail(
		'centres-equivocation',
		`two different lists of centres bear the number ${issue}: ask the authority`,
	)
}

/** As settings name a signed object: the SHA-256 of its text without a line feed. */
export function digestOfText(text: string): string {
	return createHash('sha256').update(text).digest('hex')
}
