/**
 * The list of centres that settings name by number and digest: `centres.json` beside the certificates. Where the list
 * itself is not here yet, no receipt counts until it comes: a centre that it revokes must not count meanwhile.
 */
import { join } from 'node:path'
import { CentreList, type NamedCentres, type UnusableName } from '../evidence/authority/centre-list.ts'
import { centresFile } from '../evidence/authority/centres.ts'
import { takeCentresFrom } from '../evidence/authority/centres-file.ts'
import { expectNamed, type NamedCentresFile, namedCentresFile } from '../evidence/authority/pinned-centre.ts'
import type { Authority } from '../evidence/keys/certificate.ts'
import type { JsonFileFault } from '../platform/files/json-file.ts'
import type { Result } from '../platform/result.ts'

/** Refused where a newer list is known here, or another one with this number. */
export async function checkNamedCentres(
	identity: string,
	authority: Authority,
	named: NamedCentres,
): Promise<Result<true, UnusableName | JsonFileFault>> {
	const list = new CentreList(authority.publicKey, null)
	// One of another campaign says nothing of this one's numbers.
	await takeCentresFrom(join(identity, centresFile), list)
	const before = await expectNamed(join(identity, namedCentresFile), authority, list)
	return before.ok ? list.expect(named) : before
}

/** The file as it is to be. */
export function namedCentresChange(identity: string, campaign: string, { issue, sha256 }: NamedCentres) {
	const text = JSON.stringify({ campaign, issue, sha256 } satisfies NamedCentresFile)
	return { path: join(identity, namedCentresFile), text: `${text}\n`, mode: 0o644 }
}
