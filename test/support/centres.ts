/** Lists of centres, as an authority signs them. */
import { type Centres, signCentres } from '#src/evidence/authority/centres.js'
import { registered } from '#src/evidence/authority/registry.js'
import type { Identity } from '#src/evidence/identity.js'
import type { Signer } from '#src/evidence/signer.js'

/** The list of this number. */
export async function listOf(
	authority: Signer,
	issue: number,
	centres: readonly Identity[],
	revoked: Centres['revoked'] = [],
): Promise<string> {
	const time = '2026-11-23T12:00:00Z'
	const listed = centres.map((centre) => registered(centre))
	return (await signCentres({ v: 1, issue, time, centres: listed, revoked }, authority)).text
}

export function goneBy({ id }: Identity): Centres['revoked'] {
	return [{ id, reason: 'key-exposed' }]
}
