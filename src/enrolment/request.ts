/**
 * A request to be certified: one line, a JWS as all other evidence (`evidence/jws.ts`), `testigo-request+jws`.
 *
 *     device, centre   {v: 1, role, id, signing, tls, tlsProof}   signed by the signing key
 *     broker           {v: 1, role, id, tls, names}               signed by the TLS key
 *     station, officer {v: 1, role, id, signing}                  signed by the signing key: they have no network
 *
 * Keys are compressed points (SEC 1, section 2.3.3), base64url. Each key proves that it is held: one signs the
 * JWS, the TLS key also `tlsProof`, ES256 over `testigo-request-tls <id> <signing> <tls>`. Why no PKCS #10: it has
 * one key and one signature, so two requests that nothing ties together; with the parser that reads evidence
 * anyway, the device that asks needs no ASN.1, tokens sign it as they sign entries, and it stays small enough for
 * a QR code in a terminal.
 *
 * A request proves nothing of who made it. The fingerprint words do, when people compare them: they are over the
 * whole line, so that nothing in it can be other than what the device shows.
 */
import { ECDH, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import * as z from 'zod'
import { decodeBase64url, encodeBase64url } from '../evidence/base64url.ts'
import { Id } from '../evidence/identity.ts'

import { type JwsFault, parseJws, signJws, verifyJws } from '../evidence/jws.ts'
import { type MeaningFault, readPayload } from '../evidence/open.ts'
import { isLowS, publicKeyOfSpki, signatureLength, verifies } from '../evidence/p256.ts'
import type { Signer } from '../evidence/signer.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { profiles, type Role, type SignerRole } from './roles.ts'

/** A host name (RFC 1123) or an address, as goes into a certificate. */
export const HostName = z
	.string()
	.max(253)
	.refine(
		(name) => isIP(name) !== 0 || /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/.test(name),
		'not a host name in lower case, nor an address',
	)

const Point = z.string().regex(/^[A-Za-z0-9_-]{44}$/, 'a compressed point, base64url')

const Payload = z.discriminatedUnion('role', [
	z.strictObject({
		v: z.literal(1),
		role: z.enum(['device', 'centre']),
		id: Id,
		signing: Point,
		tls: Point,
		tlsProof: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
	}),
	z.strictObject({
		v: z.literal(1),
		role: z.literal('broker'),
		id: Id,
		tls: Point,
		names: z.array(HostName).min(1).max(8),
	}),
	z.strictObject({
		v: z.literal(1),
		role: z.enum(['station', 'officer']),
		id: Id,
		signing: Point,
	}),
])

/** Characters; a device's has some 500. */
const longest = 4096

export interface CertificateRequest {
	/** The line, exactly as it came: what the words are over. */
	readonly text: string
	readonly id: string
	readonly role: Role
	/** Null for a broker, which signs nothing. */
	readonly signing: KeyObject | null
	/** Null for a station and an officer, which have no network. */
	readonly tls: KeyObject | null
	/** Of a broker; otherwise none. */
	readonly names: readonly string[]
}

export type RequestFault = JwsFault | MeaningFault | Fault<'bad-name' | 'bad-key' | 'no-possession'>

/** The request of who signs evidence; `tls` is null where it has no network. */
export async function signRequest(role: SignerRole, signer: Signer, tls: Signer | null): Promise<string> {
	const id = signer.kid
	const signing = pointOf(signer.publicKey)
	const own = { v: 1, role, id, signing }
	if (tls === null) return (await signJws('request', own, signer)).text
	const tlsPoint = pointOf(tls.publicKey)
	const tlsProof = encodeBase64url(await tls.sign(possession(id, signing, tlsPoint)))
	return (await signJws('request', { ...own, tls: tlsPoint, tlsProof }, signer)).text
}

/** The request of a broker, for a certificate with these names. */
export async function signBrokerRequest(names: readonly string[], tls: Signer): Promise<string> {
	const payload = { v: 1, role: 'broker', id: tls.kid, tls: pointOf(tls.publicKey), names }
	return (await signJws('request', payload, tls)).text
}

/** Form, meaning, name, then that each key in it is held by whoever asks. */
export function readRequest(text: string): Result<CertificateRequest, RequestFault> {
	if (text.length > longest) return fail('too-large', `longer than ${longest} characters`)
	const jws = parseJws(text, 'request')
	if (!jws.ok) return jws
	const payload = readPayload(jws.value, Payload)
	if (!payload.ok) return payload
	const { id, role } = payload.value
	if (id !== jws.value.kid || !id.startsWith(`${profiles[role].prefix}-`)) {
		return fail('bad-name', `${id} is no name for a ${role}, or not the one that signed`)
	}
	const asked = payload.value
	const tls = 'tls' in asked ? keyOf(asked.tls) : null
	const signing = 'signing' in asked ? keyOf(asked.signing) : null
	const signedBy = signing ?? tls
	const lacksOne = ('tls' in asked && tls === null) || ('signing' in asked && signing === null)
	if (signedBy === null || lacksOne) return fail('bad-key', 'a key in it is no point of the curve P-256')
	if (tls !== null && signing?.equals(tls)) {
		return fail('bad-key', 'one key for both: a TLS key must sign no evidence')
	}
	const verified = verifyJws(jws.value, { id, publicKey: signedBy })
	if (!verified.ok) return verified
	if ('tlsProof' in asked && tls !== null) {
		const proof = decodeBase64url(asked.tlsProof)
		const stated = possession(id, asked.signing, asked.tls)
		if (proof?.length !== signatureLength || !isLowS(proof) || !verifies(stated, proof, tls)) {
			return fail('no-possession', `whoever made the request of ${id} does not hold its TLS key`)
		}
	}
	return ok({ text, id, role, signing, tls, names: 'names' in asked ? asked.names : [] })
}

function possession(id: string, signing: string, tls: string): Buffer {
	return Buffer.from(`testigo-request-tls ${id} ${signing} ${tls}`)
}

function pointOf(key: KeyObject): string {
	const { x = '', y = '' } = key.export({ format: 'jwk' })
	const odd = (Buffer.from(y, 'base64url').at(-1) ?? 0) & 1
	return encodeBase64url(Buffer.concat([Buffer.from([2 + odd]), Buffer.from(x, 'base64url')]))
}

/** What stands before an uncompressed point in an SPKI of P-256 (RFC 5480, section 2). */
const spkiHead = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex')

function keyOf(point: string): KeyObject | null {
	const bytes = decodeBase64url(point)
	if (bytes === null) return null
	try {
		// Refuses what does not lie on the curve.
		const whole = ECDH.convertKey(bytes, 'prime256v1', undefined, undefined, 'uncompressed')
		const spki = Buffer.concat([spkiHead, Buffer.from(whole)])
		const read = publicKeyOfSpki(spki)
		return read.ok ? read.value : null
	} catch {
		return null
	}
}
