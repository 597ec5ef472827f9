/**
 * What a campaign's authority says in issues of which all are kept, and the newest counts: the campaign object, the list of
 * mirrors. A number only ever rises; two objects with one number prove that somebody signs with the authority's key.
 */
import type { KeyObject } from 'node:crypto'
import type * as z from 'zod'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { type JwsFault, type Kind, parseJws, signJws, verifyJws } from '../jws.ts'
import { type MeaningFault, readPayload } from '../open.ts'
import type { Signer } from '../signer.ts'
import { isSpelledAsWritten } from '../spelling.ts'

export interface SignedIssue<T> {
	readonly text: string
	readonly id: string
	readonly said: T
}

interface Numbered {
	readonly issue: number
}

export interface IssuedKind<T extends Numbered, K extends Kind> {
	readonly kind: K
	/** For people. */
	readonly named: string
	/** Closed: what it does not name makes an object none. */
	readonly schema: z.ZodType<T>
	/** What of `next` does not go on from the newest before it. */
	readonly faultAfter: (
		before: T,
		next: T,
	) => { readonly code: IssueFaultCode<K>; readonly why: string } | null
}

type IssueFaultCode<K extends Kind> = `${K}-rollback` | `${K}-equivocation` | `${K}-changed`

/**
 * `…-rollback`: older than what is here, or names something older. `…-equivocation`: another object with a number that is
 * here, or a number in it for something else. `…-changed`: what stays as it is from issue to issue does not.
 */
interface IssueFault<K extends Kind> extends Fault<IssueFaultCode<K>> {
	/** The one that is here, and the one that was refused: together the proof. */
	readonly texts: readonly [string, string]
}

export type IssuedWordsFault<K extends Kind> =
	| JwsFault
	| MeaningFault
	| Fault<'wrong-authority'>
	| IssueFault<K>

export class IssuedWords<T extends Numbered, K extends Kind> {
	readonly #of: IssuedKind<T, K>
	readonly #authority: KeyObject
	readonly #issues = new Map<number, SignedIssue<T>>()
	#newest: SignedIssue<T> | null = null
	#kid: string | null = null

	/** `authority` is its key, as it was pinned. */
	constructor(of: IssuedKind<T, K>, authority: KeyObject) {
		this.#of = of
		this.#authority = authority
	}

	/** Null before the first. */
	get newest(): SignedIssue<T> | null {
		return this.#newest
	}

	/** All that were taken in, by their numbers. */
	issues(): readonly SignedIssue<T>[] {
		return [...this.#issues.values()]
	}

	withIssue(issue: number): SignedIssue<T> | undefined {
		return this.#issues.get(issue)
	}

	/** Takes in an object; true when it is newer than all before. What is refused changes nothing. */
	take(text: string): Result<boolean, IssuedWordsFault<K>> {
		const { kind, named, schema } = this.#of
		const parsed = parseJws(text, kind)
		if (!parsed.ok) return parsed
		const { id, kid } = parsed.value
		const verified = verifyJws(parsed.value, { id: kid, publicKey: this.#authority })
		if (!verified.ok) return verified
		if (this.#kid !== null && this.#kid !== kid)
			return fail('wrong-authority', `signed as ${kid}, what came before as ${this.#kid}`)
		const read = readPayload(verified.value, schema)
		if (!read.ok) return read
		if (!isSpelledAsWritten(verified.value))
			return fail('bad-payload', `a ${named} with blanks, escapes or further words in its header`)
		const said = read.value
		if (this.#issues.get(said.issue)?.text === text) return ok(false)
		const fault = this.faultBefore(said)
		if (fault !== null) {
			const { code, detail, here } = fault
			return { ok: false, fault: { code, detail, texts: [here.text, text] } }
		}
		this.#kid = kid
		this.#newest = { text, id, said }
		this.#issues.set(said.issue, this.#newest)
		return ok(true)
	}

	/** Why an object that says this, and is not here, can't be issued after what is here; null where it can. */
	faultBefore(said: T): (Fault<IssueFaultCode<K>> & { readonly here: SignedIssue<T> }) | null {
		const { kind, named, faultAfter } = this.#of
		const because = (code: IssueFaultCode<K>, why: string, here: SignedIssue<T>) => {
			return { code, detail: `${named} no. ${said.issue}: ${why}`, here }
		}
		const same = this.#issues.get(said.issue)
		if (same !== undefined)
			return because(`${kind}-equivocation`, 'another one bears this number: ask the authority', same)
		const before = this.#newest
		if (before === null) return null
		if (said.issue < before.said.issue)
			return because(`${kind}-rollback`, `no. ${before.said.issue} is here already`, before)
		const fault = faultAfter(before.said, said)
		return fault === null ? null : because(fault.code, fault.why, before)
	}
}

export async function signIssue<T extends Numbered & object, K extends Kind>(
	{ kind, schema }: IssuedKind<T, K>,
	said: T,
	signer: Signer,
): Promise<SignedIssue<T>> {
	schema.parse(said)
	const { text, id } = await signJws(kind, said, signer)
	return { text, id, said }
}
