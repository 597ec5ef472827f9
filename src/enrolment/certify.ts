/** What an authority gives to a request that people have compared. */
import { createHash, X509Certificate } from 'node:crypto'
import type { Signer } from '../evidence/signer.ts'
import { instant } from '../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { CampaignAuthority } from './authority.ts'
import type { Issued } from './authority-log.ts'
import type { CertificateRequest } from './request.ts'
import type { EnrolmentResponse } from './response.ts'
import { issueCertificate, type WantedCertificate } from './x509.ts'

/**
 * `id-taken`: another request had this id, whether it was revoked since or not; the device makes another
 * identity. `revoked`: the very request was answered, and revoked since.
 */
export type CertifyFault = Fault<'id-taken' | 'revoked' | 'clock-behind'>

export interface Circumstances {
	/** Milliseconds since 1970. */
	readonly now: number
	readonly random: (bytes: number) => Uint8Array
}

/**
 * Certifies `request`. The same request gets the same certificates again, as when a stick was lost on the way.
 * The caller has made sure that it is the one that the device shows.
 */
export async function certify(
	authority: CampaignAuthority,
	request: CertificateRequest,
	{ now, random }: Circumstances,
): Promise<Result<EnrolmentResponse, CertifyFault>> {
	const { id, role, signing, tls, names } = request
	const digest = createHash('sha256').update(request.text).digest('hex')
	const before = authority.log.issuedTo(id)
	if (before !== undefined) {
		if (before.request !== digest) {
			return fail('id-taken', `${id} was given to another request: an id is never used again; enrol anew`)
		}
		if (authority.log.revocationOf(id) !== undefined) {
			return fail('revoked', `${id} was revoked: enrol the machine anew`)
		}
		return ok(responseOf(authority, before))
	}
	// A laptop whose clock stands back would issue what others take for expired, and log it in a wrong order.
	const last = authority.log.issued().at(-1)
	if (now < Date.parse(authority.campaign.validFrom) || (last !== undefined && now < Date.parse(last.at))) {
		return fail(
			'clock-behind',
			"this machine's clock is behind what it issued before: set it, then try again",
		)
	}
	const validity = { from: now, to: Date.parse(authority.campaign.validTo) }
	const issue = (wanted: Pick<WantedCertificate, 'purpose' | 'publicKey' | 'names'>) =>
		pemOf({ id, validity, serial: random(16), ...wanted }, authority.signer)
	const issued: Issued = {
		kind: 'issued',
		id,
		role,
		at: instant(now),
		request: digest,
		certificates: {
			signing:
				signing === null
					? null
					: await issue({ purpose: role === 'device' ? 'entries' : 'receipts', publicKey: signing }),
			tls: await issue({ purpose: role === 'broker' ? 'server' : 'client', publicKey: tls, names }),
		},
	}
	await authority.log.append(issued)
	return ok(responseOf(authority, issued))
}

async function pemOf(wanted: WantedCertificate, signer: Signer): Promise<string> {
	return (await issueCertificate(wanted, signer)).toString()
}

/** With the centre of now, so that a device knows at once whose receipts count. */
function responseOf({ root, campaign, log }: CampaignAuthority, issued: Issued): EnrolmentResponse {
	const { signing, tls } = issued.certificates
	const centre = log.issued().findLast(({ role, id }) => role === 'centre' && !log.revocationOf(id))
	return {
		root,
		campaign,
		tls: new X509Certificate(tls),
		signing: read(signing),
		centre: issued.role === 'device' ? read(centre?.certificates.signing) : null,
	}
}

function read(pem: string | null | undefined): X509Certificate | null {
	return pem ? new X509Certificate(pem) : null
}
