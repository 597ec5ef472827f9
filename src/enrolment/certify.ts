/** What an authority gives to a request that people have compared. */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import { mostListed } from '../evidence/authority/registry.ts'
import { idOfText } from '../evidence/jws.ts'
import type { Purpose } from '../evidence/keys/certificate.ts'
import type { Signer } from '../evidence/signer.ts'
import { instant } from '../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { CampaignAuthority } from './authority.ts'
import type { Issued } from './authority-log.ts'
import { currentCentres } from './publish-centres.ts'
import type { CertificateRequest } from './request.ts'
import { type EnrolmentResponse, signResponse } from './response.ts'
import { profiles } from './roles.ts'
import { issueCertificate, type WantedCertificate } from './x509.ts'

/**
 * `id-taken`: another request had this id, whether it was revoked since or not; the device makes another
 * identity. `revoked`: the very request was answered, and revoked since. `too-many`: no registry would list it.
 */
export type CertifyFault = Fault<'id-taken' | 'revoked' | 'clock-behind' | 'too-many'>

export interface Circumstances {
	/** Milliseconds since 1970. */
	readonly now: number
	readonly random: (bytes: number) => Uint8Array
}

/**
 * Certifies `request`. The same request gets the same certificates again, as when a stick was lost on the way, with
 * the list of centres of now.
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
		return ok(await responseOf(authority, before, request.text, now))
	}
	const most = role in mostListed ? mostListed[role as keyof typeof mostListed] : Infinity
	if (authority.log.issued().filter((one) => one.role === role).length >= most) {
		return fail('too-many', `a registry lists ${most} of a ${role} at most, the revoked ones with them`)
	}
	// A laptop whose clock stands back would issue what others take for expired, and log it in a wrong order.
	const last = authority.log.issued().at(-1)
	if (now < Date.parse(authority.campaign.validFrom) || (last !== undefined && now < Date.parse(last.at))) {
		return fail(
			'clock-behind',
			"this machine's clock is behind what it issued before: set it, then try again",
		)
	}
	// From the campaign's first day: spares of one machine, certified in one second, are not told by it; and a kiosk
	// that knows no later day than that of its own certificate takes those of brokers and centres.
	const { validFrom, validTo } = authority.campaign
	const validity = { from: Date.parse(validFrom), to: Date.parse(validTo) }
	const profile = profiles[role]
	const issue = async (purpose: Purpose | null, publicKey: KeyObject | null) => {
		if (purpose === null || publicKey === null) return null
		return await pemOf({ id, validity, serial: random(16), purpose, publicKey, names }, authority.signer)
	}
	const issued: Issued = {
		kind: 'issued',
		id,
		role,
		at: instant(now),
		request: digest,
		certificates: {
			signing: await issue(profile.signing, signing),
			tls: await issue(profile.tls, tls),
		},
	}
	await authority.log.append(issued)
	return ok(await responseOf(authority, issued, request.text, now))
}

async function pemOf(wanted: WantedCertificate, signer: Signer): Promise<string> {
	return (await issueCertificate(wanted, signer)).toString()
}

/** With the list of centres of now, so that a device knows at once whose receipts count. */
async function responseOf(
	authority: CampaignAuthority,
	{ role, certificates }: Issued,
	request: string,
	now: number,
): Promise<EnrolmentResponse> {
	const { root, campaign, signer } = authority
	const centres = await currentCentres(authority, now)
	const read = (pem: string | null) => (pem === null ? null : new X509Certificate(pem))
	const [signing, tls] = [read(certificates.signing), read(certificates.tls)]
	const listed = profiles[role].hearsOfCentres ? (centres?.text ?? null) : null
	return await signResponse({ root, campaign, tls, signing }, idOfText(request), listed, signer)
}
