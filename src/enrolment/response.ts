/**
 * What an authority answers: certificates, none of them secret. In a file they are PEM, one after another, to be
 * looked at with any tool; in a QR code `TESTIGO-1:` and base64url of their DER, one after another and deflated
 * (RFC 1951), since much in them is alike: some 1,500 characters for a device instead of 2,500. Order does not
 * matter, since each says what it is for; a device's own stands first, so that the file also shows its key.
 *
 * A response proves nothing of itself. `install.ts` believes in it what chains to the root that was compared.
 */
import { X509Certificate } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { decodeBase64url, encodeBase64url } from '../evidence/base64url.ts'
import { type CertificateFault, purposes, readCertificates } from '../evidence/certificate.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { responsePrefix } from './code-prefixes.ts'

export interface EnrolmentResponse {
	readonly root: X509Certificate
	readonly campaign: X509Certificate
	/** Null for a broker. */
	readonly signing: X509Certificate | null
	readonly tls: X509Certificate
	/** Of the centre whose receipts count, in a device's; null where there is none yet. */
	readonly centre: X509Certificate | null
}

export type ResponseFault = CertificateFault | Fault<'not-a-response'>

/** Bytes of the certificates of a response: each has some 400. */
const mostResponseBytes = 8 * 1024

export function responseAsPem(response: EnrolmentResponse): string {
	return certificatesOf(response)
		.map((certificate) => certificate.toString())
		.join('')
}

export function responseAsCode(response: EnrolmentResponse): string {
	const der = Buffer.concat(certificatesOf(response).map(({ raw }) => raw))
	return `${responsePrefix}${encodeBase64url(deflateRawSync(der, { level: 9 }))}`
}

function certificatesOf({ root, campaign, signing, tls, centre }: EnrolmentResponse): X509Certificate[] {
	return [signing, tls, campaign, root, centre].filter((one) => one !== null)
}

/** Reads either form. The certificates are sorted by what they say, and proven by nothing yet. */
export function readResponse(text: string): Result<EnrolmentResponse, ResponseFault> {
	const read = text.startsWith(responsePrefix)
		? unpack(text.slice(responsePrefix.length).trim())
		: // Typed or pasted, it has lost its last line feed.
			readCertificates(`${text.trim()}\n`)
	if (!read.ok) return read
	const authorities = read.value.filter(({ ca }) => ca)
	const withPurpose = (...wanted: string[]) =>
		read.value.filter(
			({ ca, keyUsage }) => !ca && keyUsage?.length === 1 && wanted.includes(keyUsage[0] ?? ''),
		)
	const root = authorities.find((one) => one.issuer === one.subject)
	const campaign = authorities.find((one) => one.issuer !== one.subject)
	const [tls, otherTls] = withPurpose(purposes.client, purposes.server)
	if (root === undefined || campaign === undefined || tls === undefined || otherTls !== undefined) {
		return fail(
			'not-a-response',
			'not the certificates that "testigo ca sign" writes: carry that file here whole',
		)
	}
	const signing = withPurpose(purposes.entries, purposes.receipts)
	const own = signing.find(({ subject }) => subject === tls.subject) ?? null
	const centre = signing.find((one) => one !== own) ?? null
	return ok({ root, campaign, tls, signing: own, centre })
}

function unpack(code: string): Result<X509Certificate[], ResponseFault> {
	const cut = fail('not-a-response', 'the code is damaged, or not all of it was read')
	const packed = decodeBase64url(code)
	if (packed === null) return cut
	try {
		const der = inflateRawSync(packed, { maxOutputLength: mostResponseBytes })
		const certificates: X509Certificate[] = []
		for (let at = 0; at < der.length; ) {
			// A SEQUENCE with its length in two bytes (X.690, section 8.1.3): all of ours have 256 to 65,535.
			if (der.readUInt16BE(at) !== 0x3082) return cut
			const end = at + 4 + der.readUInt16BE(at + 2)
			if (end > der.length) return cut
			certificates.push(new X509Certificate(der.subarray(at, end)))
			at = end
		}
		return ok(certificates)
	} catch {
		return cut
	}
}
