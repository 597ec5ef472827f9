/**
 * The centres' object: whose receipts count, in the words of a campaign's authority. Each issue bears a higher
 * number than the one before, and stands in for it whole: a centre that it does not list counts no more.
 */
import * as z from 'zod'
import { Instant, Seq } from '../fields.ts'
import { Id, type Identity } from '../identity.ts'
import { signJws } from '../jws.ts'
import type { Signer } from '../signer.ts'
import { keyOf, ListedKey } from './registry.ts'
import { revocationReasons } from './revocation.ts'

/** The authority's certificate and, beside it, its list: at a centre, in a journal, on a stick, in an identity. */
export const authorityFile = 'authority.pem'
export const centresFile = 'centres.jws'

/** With as many, and as many revoked, the longest object stays within `longestJws`. */
const mostCentres = 64
const mostRevoked = 256

export const Centres = z
	.looseObject({
		v: z.literal(1),
		/** 1, 2, 3 …: the number of this issue. */
		issue: Seq,
		time: Instant,
		centres: z.array(ListedKey).max(mostCentres),
		/** For people, who want to know why: what is not listed does not count, revoked or not. */
		revoked: z.array(z.looseObject({ id: Id, reason: z.enum(revocationReasons) })).max(mostRevoked),
	})
	.refine(({ centres, revoked }) => {
		const ids = [...centres, ...revoked].map(({ id }) => id)
		return new Set(ids).size === ids.length
	}, 'an id stands twice')
export type Centres = z.infer<typeof Centres>

export interface SignedCentres {
	readonly text: string
	readonly id: string
	readonly centres: Centres
}

/** Throws (a bug) on an object that `openCentres` would refuse. */
export async function signCentres(centres: Centres, signer: Signer): Promise<SignedCentres> {
	Centres.parse(centres)
	const { text, id } = await signJws('centres', centres, signer)
	return { text, id, centres }
}

/** Those that are listed, by id. */
export function listedCentres({ centres }: Centres): ReadonlyMap<string, Identity> {
	return new Map(
		centres.map(({ id, spki }) => {
			const publicKey = keyOf(spki)
			if (publicKey === null) throw new Error('the schema takes keys only')
			return [id, { id, publicKey }]
		}),
	)
}
