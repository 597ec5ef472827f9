/**
 * Files that hold one public key: bare, or the certificate that an authority gave for it, and behind that the
 * authority's own where it is there. Exactly these blocks, and nothing else (`pem.ts`).
 */
import type { KeyObject } from 'node:crypto'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { publicKeyOfSpki, type SpkiFault } from '../p256.ts'
import { type DerCertificate, type IssueFault, issueFault, readDerCertificate } from './der-certificate.ts'
import { type PemFault, readPem } from './pem.ts'

/**
 * `foreign-certificate`: not signed by the one behind it. `certificate-expired`: issued when that one had ended.
 * `wrong-purpose`: the one behind it is none of an authority.
 */
export type PublicKeyFault = PemFault | SpkiFault | IssueFault | Fault<'wrong-purpose'>

export interface KeyFile {
	readonly publicKey: KeyObject
	/** Null for a bare key. */
	readonly certificate: DerCertificate | null
}

/** Each byte of the file is the character of that number (Latin-1). */
export function readKeyFile(text: string): Result<KeyFile, PublicKeyFault> {
	if (text.includes('PRIVATE KEY')) return fail('not-a-public-key', 'this is a private key; keep it secret')
	const pem = readPem(text)
	if (!pem.ok) return pem
	const [first, second, third] = pem.value
	if (first?.label === 'PUBLIC KEY' && second === undefined) {
		const bare = publicKeyOfSpki(first.der)
		return bare.ok ? ok({ publicKey: bare.value, certificate: null }) : bare
	}
	if (third !== undefined || pem.value.some(({ label }) => label !== 'CERTIFICATE'))
		return fail('bad-pem', 'not one public key, or a certificate and at most that of its authority')
	const own = readDerCertificate(first?.der ?? Buffer.alloc(0))
	if (!own.ok) return own
	const above = second === undefined ? null : readDerCertificate(second.der)
	if (above?.ok === false) return above
	const fault = above === null ? null : faultBelow(own.value, above.value)
	return fault ?? ok({ publicKey: own.value.publicKey, certificate: own.value })
}

function faultBelow(own: DerCertificate, above: DerCertificate) {
	if (!above.isAuthority) return fail('wrong-purpose', 'the second certificate is not that of an authority')
	return issueFault(own, above.publicKey, above.ends)
}

/** Reads a public key or certificate in PEM, as in `device.pem`. */
export function readPublicKey(pem: string): Result<KeyObject, PublicKeyFault> {
	const read = readKeyFile(pem)
	return read.ok ? ok(read.value.publicKey) : read
}
