/**
 * Keys as they lie beside evidence: a bare public key, or the X.509 certificate that the authority of a campaign gave
 * for it (see `certificate.ts`). Where an authority is pinned, a certificate counts only when that authority signed it.
 *
 * There is no "now" in this: evidence is checked years later, and must get the same verdict then. A certificate is
 * checked by the times when it and those above it were issued; its worth does not end with it.
 */
import { type KeyObject, X509Certificate } from 'node:crypto'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type Purpose, purposes } from './certificate.ts'
import { Id, type PublicKeyFault, readPublicKey } from './identity.ts'
import { isP256 } from './p256.ts'

/**
 * `foreign-certificate`: not signed by the one above. `wrong-purpose`: a certificate for something else.
 * `bad-name`: not given to one id. `certificate-expired`: issued when the one above had ended.
 */
export type VouchedKeyFault =
	| PublicKeyFault
	| Fault<'foreign-certificate' | 'wrong-purpose' | 'bad-name' | 'certificate-expired'>

/** Who signs registries, revocations and certificates. */
export interface PinnedAuthority {
	readonly publicKey: KeyObject
	/** When its own certificate ends, milliseconds since 1970. */
	readonly notAfter: number
}

export interface CertifiedKey {
	readonly publicKey: KeyObject
	/** To whom the certificate was given; null for a bare key, or where no authority is pinned. */
	readonly id: string | null
}

/**
 * Reads `authority.pem`: a bare public key, or the authority's certificate, and behind it that of the root that
 * signed it, where there is one.
 */
export function readAuthority(pem: string): Result<PinnedAuthority, VouchedKeyFault> {
	const read = certificatesIn(pem)
	if (!read.ok) return read
	const [own, root] = read.value
	if (own === undefined) {
		const bare = readPublicKey(pem)
		return bare.ok ? ok({ publicKey: bare.value, notAfter: Number.POSITIVE_INFINITY }) : bare
	}
	if (!own.ca || root?.ca === false)
		return fail('wrong-purpose', 'the certificate is not that of an authority')
	const fault = root === undefined ? null : faultBelow(own, root.publicKey, Date.parse(root.validTo))
	return fault ?? ok({ publicKey: own.publicKey, notAfter: Date.parse(own.validTo) })
}

/** Reads `device.pem` or `centre.pem`; where there are certificates in it, the first counts. */
export function readVouchedKey(
	pem: string,
	authority: PinnedAuthority | null,
	purpose: Purpose,
): Result<CertifiedKey, VouchedKeyFault> {
	const read = certificatesIn(pem)
	if (!read.ok) return read
	const [own] = read.value
	if (own === undefined) {
		const bare = readPublicKey(pem)
		return bare.ok ? ok({ publicKey: bare.value, id: null }) : bare
	}
	const { publicKey } = own
	if (authority === null) return ok({ publicKey, id: null })
	const fault = faultBelow(own, authority.publicKey, authority.notAfter)
	if (fault !== null) return fault
	// Node calls the extended key usage keyUsage.
	if (own.ca || own.keyUsage?.length !== 1 || own.keyUsage[0] !== purposes[purpose]) {
		return fail('wrong-purpose', `the certificate is not one for ${purpose}`)
	}
	const name = Id.safeParse(/^CN=(.*)$/.exec(own.subject)?.[1])
	return name.success
		? ok({ publicKey, id: name.data })
		: fail('bad-name', 'the certificate is not given to an id')
}

function faultBelow(own: X509Certificate, signer: KeyObject, signersEnd: number) {
	if (!own.verify(signer))
		return fail('foreign-certificate', 'the certificate is not signed by the one above it')
	const issued = Date.parse(own.validFrom)
	if (issued <= signersEnd && issued <= Date.parse(own.validTo)) return null
	return fail('certificate-expired', 'the certificate was issued when the one above it had ended')
}

/** The first two, their keys on P-256. */
function certificatesIn(pem: string): Result<X509Certificate[], PublicKeyFault> {
	if (pem.includes('PRIVATE KEY')) return fail('not-a-public-key', 'this is a private key; keep it secret')
	const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
	try {
		const certificates = blocks.slice(0, 2).map((block) => new X509Certificate(block))
		if (certificates.every(({ publicKey }) => isP256(publicKey))) return ok(certificates)
		return fail('not-p256', 'the key of a certificate is not on the curve P-256')
	} catch {
		return fail('not-a-public-key', 'a certificate is damaged')
	}
}
