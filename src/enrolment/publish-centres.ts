/**
 * Which centres' receipts count, as an authority publishes it: all that it has certified and not revoked. A new list is
 * signed whenever that changes, and its number stands in the log, with its text, before it leaves the machine.
 */
import { X509Certificate } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Centres, signCentres } from '../evidence/authority/centres.ts'
import { registered } from '../evidence/authority/registry.ts'
import { parseJws } from '../evidence/jws.ts'
import { instant } from '../platform/clock.ts'
import type { CampaignAuthority } from './authority.ts'
import type { AuthorityLog, CentresIssue } from './authority-log.ts'

/** The list as it is to be now, signed anew where the last one says something else; null before the first centre. */
export async function currentCentres(
	{ log, signer }: Pick<CampaignAuthority, 'log' | 'signer'>,
	now: number,
): Promise<CentresIssue | null> {
	const { centres: before } = log
	const wanted = wantedCentres(log)
	if (before === null && wanted.centres.length === 0) return null
	if (before !== null && isDeepStrictEqual(wanted, saidIn(before))) return before
	const time = instant(now)
	const issue = (before?.issue ?? 0) + 1
	const { text } = await signCentres({ v: 1, issue, time, ...wanted }, signer)
	const line: CentresIssue = { kind: 'centres', issue, at: time, text }
	await log.append(line)
	return line
}

type Said = Pick<Centres, 'centres' | 'revoked'>

function wantedCentres(log: AuthorityLog): Said {
	const all = log.issued().filter(({ role }) => role === 'centre')
	const centres = all.flatMap(({ id, certificates: { signing } }) => {
		if (signing === null || log.revocationOf(id) !== undefined) return []
		return [registered({ id, publicKey: new X509Certificate(signing).publicKey })]
	})
	const revoked = all.flatMap(({ id }) => {
		const reason = log.revocationOf(id)?.reason
		return reason === undefined ? [] : [{ id, reason }]
	})
	return { centres, revoked }
}

/** What our own list said. */
function saidIn({ text }: CentresIssue): Said {
	const jws = parseJws(text, 'centres')
	if (!jws.ok) throw new Error(`the log holds a list of centres that is none: ${jws.fault.detail}`)
	const { centres, revoked } = jws.value.payload as Said
	return { centres, revoked }
}
