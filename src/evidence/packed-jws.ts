/**
 * A JWS as bytes, for codes: its three parts with a line feed between them. JSON has a line feed only where somebody
 * wrote it for the eye, and a signature has a fixed length.
 */
import { encodeBase64url } from './base64url.ts'
import { signatureLength } from './p256.ts'

const lineFeed = 0x0a

export function packJws(jws: string): Buffer {
	const parts = jws.split('.').flatMap((part) => [Buffer.from([lineFeed]), Buffer.from(part, 'base64url')])
	return Buffer.concat(parts.slice(1))
}

/** Null for what is no packed JWS; of one nothing is proven yet. */
export function unpackJws(bytes: Uint8Array): string | null {
	const [first, second] = [bytes.indexOf(lineFeed), bytes.length - signatureLength - 1]
	if (first < 0 || second <= first || bytes[second] !== lineFeed) return null
	const parts = [bytes.subarray(0, first), bytes.subarray(first + 1, second), bytes.subarray(second + 1)]
	return parts.map((part) => encodeBase64url(part)).join('.')
}
