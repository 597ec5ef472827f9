/**
 * What an authority publishes of its devices, stations and officers: it revokes one, and lists all. Each issue of the registry has a number of
 * its own, which stands in the log before the registry leaves the machine.
 */
import { X509Certificate } from 'node:crypto'
import { type DeviceRegistry, registered, signRegistry } from '../evidence/authority/registry.ts'
import { type RevokedDevice, signRevocation } from '../evidence/authority/revocation.ts'
import { instant } from '../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { CampaignAuthority } from './authority.ts'
import type { AuthorityLog } from './authority-log.ts'
import { profiles, type Role } from './roles.ts'

export interface WantedRevocation {
	readonly id: string
	/** The last seq that is good, 0 when none is; null for a centre or a broker, which have no chain. */
	readonly last: number | null
	readonly reason: RevokedDevice['reason']
}

/**
 * `unknown-id`: not certified here. `last-missing`, `last-senseless`: who signs a chain is revoked after one of it,
 * and nothing else is. `revoked-before`: as early or earlier, and nothing undoes that.
 */
export type RevokeFault = Fault<'unknown-id' | 'last-missing' | 'last-senseless' | 'revoked-before'>

/** Revokes what was certified. Gives the signed revocation of who signs a chain, null for others: these are in the CRL only. */
export async function revoke(
	{ log, signer }: CampaignAuthority,
	{ id, last, reason }: WantedRevocation,
	now: number,
): Promise<Result<string | null, RevokeFault>> {
	const issued = log.issuedTo(id)
	if (issued === undefined) return fail('unknown-id', `${id} was not certified by this authority`)
	const { chainOf } = profiles[issued.role]
	if (chainOf !== null && last === null)
		return fail('last-missing', `${id} is a ${issued.role}: name its last good ${chainOf}`)
	if (chainOf === null && last !== null)
		return fail('last-senseless', `${id} is a ${issued.role}: it has no entries`)
	const before = log.revocationOf(id)
	if (before !== undefined && (before.last ?? 0) <= (last ?? 0)) {
		const since = before.last === null ? '' : ` after ${chainOf} ${before.last}`
		return fail('revoked-before', `${id} is revoked since ${before.at}${since}; nothing undoes that`)
	}
	const at = instant(now)
	// Signed first: a token may fail, and what stands in the log is not revoked again.
	const text =
		last === null ? null : (await signRevocation({ v: 1, device: id, last, reason, time: at }, signer)).text
	await log.append({ kind: 'revoked', id, at, last, reason })
	return ok(text)
}

type Said = Pick<DeviceRegistry, 'devices' | 'stations' | 'officers' | 'revocations'>

/** What a registry that is signed now says. */
export function wantedRegistry(log: AuthorityLog): Said {
	// By id, which says nothing: in the order of their making the spares of one machine would stand together.
	const listed = (wanted: Role) =>
		log
			.issued()
			.flatMap(({ id, role, certificates: { signing } }) => {
				if (role !== wanted || signing === null) return []
				return [registered({ id, publicKey: new X509Certificate(signing).publicKey })]
			})
			.sort((a, b) => (a.id < b.id ? -1 : 1))
	const devices = listed('device')
	const [stations, officers] = [listed('station'), listed('officer')]
	const people = { ...(stations.length > 0 && { stations }), ...(officers.length > 0 && { officers }) }
	const revocations = log.revoked().flatMap(({ id: device, last, reason, at: time }) => {
		return last === null ? [] : [{ device, last, reason, time }]
	})
	return { devices, ...people, revocations }
}

/** Signs the next issue of the registry. */
export async function issueRegistry(
	{ log, signer }: CampaignAuthority,
	now: number,
): Promise<DeviceRegistry & { readonly text: string }> {
	const said = wantedRegistry(log)
	const time = instant(now)
	const issue = log.issue + 1
	await log.append({ kind: 'registry', issue, at: time })
	const { registry, text } = await signRegistry({ v: 1, issue, time, ...said }, signer)
	return { ...registry, text }
}
