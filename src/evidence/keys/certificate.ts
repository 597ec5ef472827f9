/**
 * The certificates of Testigo, and what must be true of one before it counts. X.509 v3 (RFC 5280), P-256,
 * ECDSA with SHA-256, made by `src/enrolment/`; here they are only read, by Node's own cryptography.
 *
 *     root           CN=r-…  CA, pathLen 1, keyCertSign cRLSign. Offline; its fingerprint words are compared
 *                            once by people, then every device pins it as root.pem.
 *     └ campaign     CN=a-…  CA, pathLen 0, keyCertSign cRLSign digitalSignature (the registry of devices, and
 *       │                    revocations, are JWS by this key). Issues everything else:
 *       ├ k-…  signing       digitalSignature, extended key usage critical: 2.25.<arc>.1, signs entries
 *       ├ c-…  signing       digitalSignature, extended key usage critical: 2.25.<arc>.2, signs receipts
 *       ├ s-…  signing       digitalSignature, extended key usage critical: 2.25.<arc>.3, signs transcriptions
 *       ├ o-…  signing       digitalSignature, extended key usage critical: 2.25.<arc>.4, signs rulings
 *       ├ k-…, c-…  TLS      digitalSignature, extended key usage critical: clientAuth
 *       └ b-…  TLS           digitalSignature, extended key usage critical: serverAuth; names in subjectAltName
 *
 * The subject is CN=<id> and nothing else, so that a broker takes it for the username as it is. The letter
 * before the hyphen says what the id is for, and the authority issues none across it: a kiosk's TLS
 * certificate can't name itself like a centre. Each certificate has one purpose: a TLS key that leaves a
 * machine with a network on it signs no entry, and a signing certificate opens no connection. The arc is a
 * random UUID (2.25, ITU-T X.667), which needs no registration.
 *
 * TIME. A kiosk's clock may say 1970, or what it said when it was switched off. So a chain is checked by the
 * latest of the times that have certainly passed: the clock's, the program's build, and the beginnings of the
 * certificates in it, which a trusted authority has issued. Nothing is therefore ever "not yet valid", and an
 * authority that had expired before it issued is refused even at 1970.
 */
import { type KeyObject, X509Certificate } from 'node:crypto'
import { instant } from '../../platform/clock.ts'
import { type CappedFileFault, readCapped } from '../../platform/files/capped-file.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { Id } from '../identity.ts'
import { isP256 } from '../p256.ts'
import { readPem } from './pem.ts'

const arc = '2.25.248391572945622752837148427373570704091'

/** What a certificate below the campaign's is for: its one extended key usage. */
export const purposes = {
	entries: `${arc}.1`,
	receipts: `${arc}.2`,
	transcriptions: `${arc}.3`,
	rulings: `${arc}.4`,
	client: '1.3.6.1.5.5.7.3.2',
	server: '1.3.6.1.5.5.7.3.1',
} as const
export type Purpose = keyof typeof purposes

/** The first letter of the ids that may bear a certificate of this purpose. */
const bearers: Readonly<Record<Purpose, string>> = {
	entries: 'k',
	receipts: 'c',
	transcriptions: 's',
	rulings: 'o',
	client: 'kc',
	server: 'b',
}

export type CertificateFault = Fault<
	| 'not-a-certificate'
	| 'not-p256'
	| 'foreign-certificate'
	| 'wrong-purpose'
	| 'bad-name'
	| 'certificate-expired'
>

/** The campaign's authority as it stands behind a certificate: who signs the registry and revocations. */
export interface Authority {
	readonly id: string
	readonly publicKey: KeyObject
}

export interface Certified {
	readonly id: string
	readonly publicKey: KeyObject
	readonly authority: Authority
}

/** The certificates in a PEM file, in its order; anything else in it is refused. At most eight. */
export function readCertificates(pem: string): Result<X509Certificate[], CertificateFault> {
	const blocks = readPem(pem)
	if (!blocks.ok) return fail('not-a-certificate', blocks.fault.detail)
	if (blocks.value.length > 8 || blocks.value.some(({ label }) => label !== 'CERTIFICATE'))
		return fail('not-a-certificate', 'not one to eight certificates in PEM')
	try {
		return ok(blocks.value.map(({ der }) => new X509Certificate(der)))
	} catch {
		return fail('not-a-certificate', 'a certificate in it is damaged')
	}
}

/** As `readCertificates`, of a file; the fault names it. */
export async function readCertificateFile(
	path: string,
): Promise<Result<X509Certificate[], CappedFileFault | CertificateFault>> {
	const bytes = await readCapped(path, 64 * 1024)
	const read = bytes.ok ? readCertificates(bytes.value.toString('latin1')) : bytes
	return read.ok ? read : fail(read.fault.code, `${path}: ${read.fault.detail}`)
}

/**
 * Checks the chain `own`, `campaign`, `root`: signatures, issuers, one purpose, name, and time. `now` is
 * milliseconds since 1970, the later of clock and build; 0 checks by the time of issue, as evidence is checked,
 * whose worth does not end with the certificate's.
 */
export function checkCertified(
	[own, campaign]: readonly X509Certificate[],
	root: X509Certificate,
	purpose: Purpose,
	now: number,
): Result<Certified, CertificateFault> {
	if (own === undefined || campaign === undefined) {
		return fail('not-a-certificate', "a certificate and its campaign's are needed, in this order")
	}
	const authority = checkAuthority(campaign, root, Math.max(now, Date.parse(own.validFrom)))
	if (!authority.ok) return authority
	if (!own.checkIssued(campaign) || !own.verify(campaign.publicKey)) {
		return fail('foreign-certificate', `the certificate of ${named(own)} was not issued by this campaign`)
	}
	if (own.ca || own.keyUsage?.length !== 1 || own.keyUsage[0] !== purposes[purpose]) {
		return fail('wrong-purpose', `the certificate of ${named(own)} is not one for ${purpose}`)
	}
	const id = commonName(own)
	if (id === null || id[1] !== '-' || !bearers[purpose].includes(id[0] ?? ' ')) {
		return fail('bad-name', `the certificate of ${named(own)} has a name that is not for ${purpose}`)
	}
	if (!isP256(own.publicKey)) return fail('not-p256', `the key of ${id} is not on the curve P-256`)
	const expired = expiry([own], latest(now, [own, campaign, root]))
	return expired ?? ok({ id, publicKey: own.publicKey, authority: authority.value })
}

/** Checks the campaign's certificate against the root's. */
export function checkAuthority(
	campaign: X509Certificate,
	root: X509Certificate,
	now: number,
): Result<Authority, CertificateFault> {
	if (!root.ca || !root.checkIssued(root) || !root.verify(root.publicKey)) {
		return fail('foreign-certificate', 'root.pem holds no root: it did not sign itself')
	}
	if (!campaign.ca || !campaign.checkIssued(root) || !campaign.verify(root.publicKey)) {
		return fail('foreign-certificate', `the campaign ${named(campaign)} was not issued by the pinned root`)
	}
	const id = commonName(campaign)
	if (id === null || !id.startsWith('a-')) return fail('bad-name', 'the campaign has a foreign name')
	if (!isP256(campaign.publicKey)) return fail('not-p256', `the key of ${id} is not on the curve P-256`)
	const expired = expiry([campaign, root], latest(now, [campaign, root]))
	return expired ?? ok({ id, publicKey: campaign.publicKey })
}

/** The subject, when it is CN=<id> and nothing else. */
export function commonName({ subject }: X509Certificate): string | null {
	const read = Id.safeParse(subject?.replace(/^CN=/, ''))
	return read.success && subject === `CN=${read.data}` ? read.data : null
}

function named(certificate: X509Certificate): string {
	return commonName(certificate) ?? 'an unreadable name'
}

function latest(now: number, certificates: readonly X509Certificate[]): number {
	return Math.max(now, ...certificates.map(({ validFrom }) => Date.parse(validFrom)))
}

function expiry(
	certificates: readonly X509Certificate[],
	time: number,
): ReturnType<typeof expiredFault> | null {
	for (const certificate of certificates) {
		if (!(Date.parse(certificate.validTo) >= time)) return expiredFault(certificate, time)
	}
	return null
}

function expiredFault(certificate: X509Certificate, time: number) {
	const end = instant(Date.parse(certificate.validTo))
	return fail(
		'certificate-expired',
		`the certificate of ${named(certificate)} ended ${end}, and it is at least ${instant(time)}`,
	)
}
