/**
 * Base64 with padding (RFC 4648, section 4) in its one spelling. Null for anything that encoding would not have
 * written: Go's reader of notes, for one, takes unused bits that are set, and two spellings would pass as two.
 */
export function decodeBase64(text: string): Buffer | null {
	const bytes = Buffer.from(text, 'base64')
	return bytes.toString('base64') === text ? bytes : null
}

export function encodeBase64(bytes: Uint8Array): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
