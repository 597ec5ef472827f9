/**
 * What an authority answers to a request: `testigo-response+jws`, signed as a whole by the campaign's key, so that
 * nobody can put one together of certificates that lie about. Nothing in it is secret.
 *
 *     {v: 1, request: id of the request, certificates: [base64url of DER], centres: the list of centres (JWS) or null}
 *
 * The certificates say by themselves what each is for. In a QR code stand `TESTIGO-2:` and, in base32, all of it as
 * bytes and deflated (RFC 1951): request and signature, the list of centres, the certificates one after another, in
 * which much is alike. The JWS is put together of these again, byte for byte.
 *
 * `install.ts` believes in it what hangs on the root that was compared.
 */
import { X509Certificate } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import * as z from 'zod'
import { decodeBase64url, encodeBase64url } from '../evidence/base64url.ts'
import { ObjectId } from '../evidence/fields.ts'
import { encodeJws, type JwsFault, longestJws, parseJws, signJws, verifyJws } from '../evidence/jws.ts'
import { commonName, purposes } from '../evidence/keys/certificate.ts'
import { type MeaningFault, readPayload } from '../evidence/open.ts'
import { signatureLength } from '../evidence/p256.ts'
import { packJws, unpackJws } from '../evidence/packed-jws.ts'
import type { Signer } from '../evidence/signer.ts'
import { decodeBase32, encodeBase32 } from '../platform/base32.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { responsePrefix, unsignedResponsePrefix } from './code-prefixes.ts'

const mostCertificates = 8

const Payload = z.looseObject({
	v: z.literal(1),
	request: ObjectId,
	certificates: z.array(z.string().max(8192)).min(1).max(mostCertificates),
	centres: z.string().max(longestJws).nullable(),
})
type Payload = z.infer<typeof Payload>

export interface ResponseParts {
	readonly root: X509Certificate
	readonly campaign: X509Certificate
	/** Null for a broker. */
	readonly signing: X509Certificate | null
	/** Null for a station and an officer. */
	readonly tls: X509Certificate | null
}

export interface EnrolmentResponse extends ResponseParts {
	/** The JWS. */
	readonly text: string
	/** The id of the request that it answers. */
	readonly request: string
	/** The list of centres, of which nothing is proven yet; null where there is none. */
	readonly centres: string | null
}

/** `signed-in-parts`: as earlier versions wrote it, certificates that nobody signed as a whole. */
export type ResponseFault = JwsFault | MeaningFault | Fault<'not-a-response' | 'signed-in-parts'>

/** Bytes of a response in a code when inflated: four certificates of some 400 each, and up to 64 centres. */
const mostResponseBytes = 64 * 1024

/** Signs what is answered to the request of this id. */
export async function signResponse(
	{ root, campaign, signing, tls }: ResponseParts,
	request: string,
	centres: string | null,
	signer: Signer,
): Promise<EnrolmentResponse> {
	const certificates = [signing, tls, campaign, root].filter((one) => one !== null)
	const payload = payloadOf(request, certificates, centres)
	const { text } = await signJws('response', payload, signer)
	return { root, campaign, signing, tls, request, centres, text }
}

/** Its one spelling, so that a code can leave out what can be put together again. */
function payloadOf(
	request: string,
	certificates: readonly X509Certificate[],
	centres: string | null,
): Payload {
	return { v: 1, request, certificates: certificates.map(({ raw }) => encodeBase64url(raw)), centres }
}

export function responseAsCode({ text, request, centres }: EnrolmentResponse): string {
	const jws = parseJws(text, 'response')
	if (!jws.ok) throw new Error('a response is a JWS')
	const packed = centres === null ? Buffer.alloc(0) : packJws(centres)
	const length = Buffer.alloc(2)
	length.writeUInt16BE(packed.length)
	const { certificates } = Payload.parse(jws.value.payload)
	const bytes = Buffer.concat([
		Buffer.from(request, 'base64url'),
		jws.value.signature,
		length,
		packed,
		...certificates.map((one) => Buffer.from(one, 'base64url')),
	])
	return `${responsePrefix}${encodeBase32(deflateRawSync(bytes, { level: 9 }))}`
}

/** Reads either form. The whole is signed by the campaign in it; that one is proven by nothing yet. */
export function readResponse(carried: string): Result<EnrolmentResponse, ResponseFault> {
	if (carried.startsWith(unsignedResponsePrefix) || carried.includes('-----BEGIN ')) {
		return fail(
			'signed-in-parts',
			'loose certificates, as an earlier version of "testigo ca sign" answered: sign again there, with this version',
		)
	}
	const text = carried.startsWith(responsePrefix)
		? unpack(carried.slice(responsePrefix.length).trim())
		: ok(carried)
	if (!text.ok) return text
	const jws = parseJws(text.value, 'response')
	if (!jws.ok) return jws.fault.code === 'not-a-jws' ? notOurs : jws
	const read = readPayload(jws.value, Payload)
	if (!read.ok) return read
	const { request, centres } = read.value
	const certificates = certificatesIn(read.value)
	const parts = certificates === null ? null : sorted(certificates)
	if (parts === null) return notOurs
	const verified = verifyJws(jws.value, {
		id: commonName(parts.campaign) ?? '',
		publicKey: parts.campaign.publicKey,
	})
	return verified.ok ? ok({ ...parts, request, centres, text: text.value }) : verified
}

const notOurs = fail('not-a-response', 'not what "testigo ca sign" writes: carry that file here whole')

function certificatesIn({ certificates }: Payload): X509Certificate[] | null {
	try {
		return certificates.map((text) => {
			const der = decodeBase64url(text)
			if (der === null) throw new Error('not base64url')
			return new X509Certificate(der)
		})
	} catch {
		return null
	}
}

/** By what they say they are for; null where one is missing, or stands twice. */
function sorted(certificates: readonly X509Certificate[]): ResponseParts | null {
	const withPurpose = (...wanted: string[]) =>
		certificates.filter(
			({ ca, keyUsage }) => !ca && keyUsage?.length === 1 && wanted.includes(keyUsage[0] ?? ''),
		)
	const authorities = certificates.filter(({ ca }) => ca)
	const [root, ...otherRoots] = authorities.filter((one) => one.issuer === one.subject)
	const [campaign, ...otherCampaigns] = authorities.filter((one) => one.issuer !== one.subject)
	const [tls, ...otherTls] = withPurpose(purposes.client, purposes.server)
	const [signing, ...otherSigning] = withPurpose(
		purposes.entries,
		purposes.receipts,
		purposes.transcriptions,
		purposes.rulings,
	)
	const others = [otherRoots, otherCampaigns, otherTls, otherSigning].flat()
	if (root === undefined || campaign === undefined || others.length > 0) return null
	if (tls === undefined && signing === undefined) return null
	return { root, campaign, tls: tls ?? null, signing: signing ?? null }
}

/** The JWS of a code. */
function unpack(code: string): Result<string, ResponseFault> {
	const cut = fail('not-a-response', 'the code is damaged, or not all of it was read')
	const packed = decodeBase32(code)
	if (packed === null) return cut
	try {
		const bytes = inflateRawSync(packed, { maxOutputLength: mostResponseBytes })
		const request = encodeBase64url(bytes.subarray(0, 32))
		const signature = bytes.subarray(32, 32 + signatureLength)
		const at = 32 + signatureLength + 2
		const end = at + bytes.readUInt16BE(at - 2)
		const centres = end === at ? null : unpackJws(bytes.subarray(at, end))
		if (end > at && centres === null) return cut
		const certificates = certificatesAt(bytes, end)
		const parts = certificates === null ? null : sorted(certificates)
		if (certificates === null || parts === null) return cut
		const kid = commonName(parts.campaign) ?? ''
		return ok(encodeJws('response', kid, payloadOf(request, certificates, centres), signature))
	} catch {
		return cut
	}
}

/** Each a SEQUENCE with its length in two bytes (X.690, section 8.1.3): all of ours have 256 to 65,535. */
function certificatesAt(bytes: Buffer, from: number): X509Certificate[] | null {
	const certificates: X509Certificate[] = []
	for (let at = from; at < bytes.length; ) {
		if (bytes.readUInt16BE(at) !== 0x3082) return null
		const end = at + 4 + bytes.readUInt16BE(at + 2)
		if (end > bytes.length || certificates.length >= mostCertificates) return null
		certificates.push(new X509Certificate(bytes.subarray(at, end)))
		at = end
	}
	return certificates
}
