/**
 * Certificates and revocation lists made by @peculiar/x509 and signed through a `Signer`, so that the key may
 * be in a file or in a token. The library asks a WebCrypto for the signature; it gets one that knows `sign`
 * with the one key, and digests. The profile stands in `evidence/keys/certificate.ts`.
 */
import 'reflect-metadata'
import { type KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import {
	AuthorityKeyIdentifierExtension,
	BasicConstraintsExtension,
	ExtendedKeyUsageExtension,
	Extension,
	KeyUsageFlags,
	KeyUsagesExtension,
	PublicKey,
	SubjectAlternativeNameExtension,
	SubjectKeyIdentifierExtension,
	X509CertificateGenerator,
	X509CrlGenerator,
} from '@peculiar/x509'
import { type Purpose, purposes } from '../evidence/keys/certificate.ts'
import type { Signer } from '../evidence/signer.ts'

/** Milliseconds since 1970; certificates have whole seconds. */
export interface Validity {
	readonly from: number
	readonly to: number
}

interface Wanted {
	/** The subject is CN=<id>. */
	readonly id: string
	readonly publicKey: KeyObject
	readonly validity: Validity
	/** 16 random bytes: a number that nobody could foresee, and that no other certificate has. */
	readonly serial: Uint8Array
}

export interface WantedAuthority extends Wanted {
	/** How many authorities may stand below: 1 for a root, 0 for a campaign. */
	readonly pathLength: 0 | 1
}

export interface WantedCertificate extends Wanted {
	readonly purpose: Purpose
	/** Host names and addresses of a server. */
	readonly names?: readonly string[]
}

/** Self-signed when `issuer.publicKey` is that which is certified. `issuer.kid` is the issuer's id. */
export async function issueAuthority(
	{ pathLength, ...wanted }: WantedAuthority,
	issuer: Signer,
): Promise<X509Certificate> {
	const { keyCertSign, cRLSign, digitalSignature } = KeyUsageFlags
	const usage = pathLength === 0 ? keyCertSign | cRLSign | digitalSignature : keyCertSign | cRLSign
	return issue(wanted, issuer, [
		new BasicConstraintsExtension(true, pathLength, true),
		new KeyUsagesExtension(usage, true),
		await SubjectKeyIdentifierExtension.create(keyInfoOf(wanted.publicKey), false, cryptoFor(issuer)),
	])
}

export async function issueCertificate(
	{ purpose, names = [], ...wanted }: WantedCertificate,
	issuer: Signer,
): Promise<X509Certificate> {
	const alternatives = names.map((name) => ({ type: isIP(name) !== 0 ? 'ip' : 'dns', value: name }) as const)
	return issue(wanted, issuer, [
		new BasicConstraintsExtension(false, undefined, true),
		new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
		new ExtendedKeyUsageExtension([purposes[purpose]], true),
		...(alternatives.length === 0 ? [] : [new SubjectAlternativeNameExtension(alternatives)]),
	])
}

export interface RevokedSerial {
	/** Hexadecimal. */
	readonly serial: string
	/** Milliseconds since 1970. */
	readonly at: number
}

/** A revocation list (RFC 5280, section 5) in PEM as OpenSSL and so mosquitto's `crlfile` want it. */
export async function issueRevocationList(
	revoked: readonly RevokedSerial[],
	{ from, to }: Validity,
	issuer: Signer,
): Promise<string> {
	const list = await X509CrlGenerator.create(
		{
			issuer: `CN=${issuer.kid}`,
			thisUpdate: new Date(from),
			nextUpdate: new Date(to),
			entries: revoked.map(({ serial, at }) => ({ serialNumber: serial, revocationDate: new Date(at) })),
			signingKey: keyOf(issuer),
			signingAlgorithm: algorithm,
			extensions: [await keyIdentifierOf(issuer), numberedBy(from)],
		},
		cryptoFor(issuer),
	)
	const body = Buffer.from(list.rawData)
		.toString('base64')
		.replaceAll(/.{1,64}/g, '$&\n')
	return `-----BEGIN X509 CRL-----\n${body}-----END X509 CRL-----\n`
}

async function issue(
	{ id, publicKey, validity, serial }: Wanted,
	issuer: Signer,
	extensions: readonly Extension[],
): Promise<X509Certificate> {
	const made = await X509CertificateGenerator.create(
		{
			serialNumber: Buffer.from(serial).toString('hex'),
			subject: `CN=${id}`,
			issuer: `CN=${issuer.kid}`,
			notBefore: new Date(validity.from),
			notAfter: new Date(validity.to),
			publicKey: keyInfoOf(publicKey),
			signingKey: keyOf(issuer),
			signingAlgorithm: algorithm,
			extensions: [...extensions, await keyIdentifierOf(issuer)],
		},
		cryptoFor(issuer),
	)
	return new X509Certificate(Buffer.from(made.rawData))
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

function keyInfoOf(key: KeyObject): PublicKey {
	return new PublicKey(key.export({ type: 'spki', format: 'der' }))
}

function keyIdentifierOf(issuer: Signer): Promise<Extension> {
	return AuthorityKeyIdentifierExtension.create(keyInfoOf(issuer.publicKey), false, cryptoFor(issuer))
}

/** The CRL number (RFC 5280, section 5.2.3): each list's is higher than the one's before. */
function numberedBy(milliseconds: number): Extension {
	const hex = milliseconds.toString(16).padStart(12, '0')
	return new Extension('2.5.29.20', false, Buffer.from(`0206${hex}`, 'hex'))
}

/** Stands for the key where the library wants one; only `cryptoFor` knows what to do with it. */
function keyOf({ kid }: Signer) {
	return { type: 'private', algorithm: { name: algorithm.name }, kid }
}

/** As much of a WebCrypto as the library uses. */
function cryptoFor(issuer: Signer) {
	return {
		subtle: {
			digest: (name: string, bytes: ArrayBuffer) => webcrypto.subtle.digest(name, bytes),
			sign: (_algorithm: unknown, _key: unknown, bytes: ArrayBuffer) => issuer.sign(new Uint8Array(bytes)),
		},
	}
}
