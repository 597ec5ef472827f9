/**
 * Where else the archive can be had, in the words of a campaign's authority, to be shown on every page. The newest issue
 * counts; all are kept in the archive, none is a leaf.
 */
import * as z from 'zod'
import { Instant, Seq } from '../fields.ts'
import type { Signer } from '../signer.ts'
import { type IssuedKind, IssuedWords, type SignedIssue, signIssue } from './issued-words.ts'
import { ShownText } from './shown-text.ts'

export const mirrorsFile = 'mirrors.jws'

const mostMirrors = 100

export const Mirrors = z.strictObject({
	v: z.literal(1),
	/** 1, 2, 3 …: the number of this issue. */
	issue: Seq,
	time: Instant,
	/** Addresses, or words to find one by. */
	mirrors: z
		.array(ShownText)
		.max(mostMirrors)
		.refine((all) => new Set(all).size === all.length, 'one stands twice'),
})
export type Mirrors = z.infer<typeof Mirrors>

export type SignedMirrors = SignedIssue<Mirrors>

const mirrors: IssuedKind<Mirrors, 'mirrors'> = {
	kind: 'mirrors',
	named: 'list of mirrors',
	schema: Mirrors,
	faultAfter: () => null,
}

/** Throws (a bug) on an object that `MirrorsIssues` would refuse by itself. */
export function signMirrors(said: Mirrors, signer: Signer): Promise<SignedMirrors> {
	return signIssue(mirrors, said, signer)
}

/** All issues of a campaign's list, by its authority. */
export class MirrorsIssues extends IssuedWords<Mirrors, 'mirrors'> {
	constructor(authority: ConstructorParameters<typeof IssuedWords>[1]) {
		super(mirrors, authority)
	}
}
