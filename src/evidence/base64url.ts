/** base64url without padding (RFC 4648, section 5), in its one canonical spelling. */

export function encodeBase64url(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('base64url')
}

/**
 * Null for anything that encoding would not have written: padding, other alphabets, white space, and a last
 * character whose unused bits are set. Each of those would let one object bear two spellings.
 */
export function decodeBase64url(text: string): Uint8Array | null {
	const bytes = Buffer.from(text, 'base64url')
	return bytes.toString('base64url') === text ? bytes : null
}
