/**
 * Keys as they lie beside evidence: a bare public key, or the X.509 certificate that the authority of a campaign gave
 * for it (see `certificate.ts`). Where an authority is pinned, a certificate counts only when that authority signed it.
 *
 * There is no "now" in this: evidence is checked years later, and must get the same verdict then. A certificate is
 * checked by the times when it and those above it were issued; its worth does not end with it.
 */
import type { KeyObject } from 'node:crypto'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { Id } from '../identity.ts'
import { type Purpose, purposes } from './certificate.ts'
import { issueFault, never } from './der-certificate.ts'
import { type PublicKeyFault, readKeyFile } from './key-file.ts'

/** `wrong-purpose`: a certificate for something else. `bad-name`: not given to one id. */
export type VouchedKeyFault = PublicKeyFault | Fault<'bad-name'>

/** Who signs registries, revocations and certificates. */
export interface PinnedAuthority {
	readonly publicKey: KeyObject
	/** When its own certificate ends, YYYYMMDDHHMMSS. */
	readonly ends: string
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
	const read = readKeyFile(pem)
	if (!read.ok) return read
	const { publicKey, certificate } = read.value
	if (certificate?.isAuthority === false)
		return fail('wrong-purpose', 'the certificate is not that of an authority')
	return ok({ publicKey, ends: certificate?.ends ?? never })
}

/** Reads `device.pem` or `centre.pem`. */
export function readVouchedKey(
	pem: string,
	authority: PinnedAuthority | null,
	purpose: Purpose,
): Result<CertifiedKey, VouchedKeyFault> {
	const read = readKeyFile(pem)
	if (!read.ok) return read
	const { publicKey, certificate } = read.value
	if (certificate === null || authority === null) return ok({ publicKey, id: null })
	const fault = issueFault(certificate, authority.publicKey, authority.ends)
	if (fault !== null) return fault
	const { isAuthority, usages, commonName } = certificate
	if (isAuthority || usages.length !== 1 || usages[0] !== purposes[purpose])
		return fail('wrong-purpose', `the certificate is not one for ${purpose}`)
	const name = Id.safeParse(commonName)
	return name.success
		? ok({ publicKey, id: name.data })
		: fail('bad-name', 'the certificate is not given to an id')
}
