/** Base32 (RFC 4648, section 6) without padding: in a QR code its letters take 5.5 bits each instead of 8. */

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function encodeBase32(bytes: Uint8Array): string {
	let [text, held, bits] = ['', 0, 0]
	for (const byte of bytes) {
		held = ((held << 8) | byte) & 0xfff
		bits += 8
		for (; bits >= 5; bits -= 5) text += letters.charAt((held >> (bits - 5)) & 31)
	}
	return bits === 0 ? text : text + letters.charAt((held << (5 - bits)) & 31)
}

/** Null for anything that encoding would not have written. */
export function decodeBase32(text: string): Uint8Array | null {
	const bytes: number[] = []
	let [held, bits] = [0, 0]
	for (const letter of text) {
		const value = letters.indexOf(letter)
		if (value < 0) return null
		held = ((held << 5) | value) & 0xfff
		bits += 5
		if (bits < 8) continue
		bits -= 8
		bytes.push((held >> bits) & 255)
	}
	const whole = Uint8Array.from(bytes)
	return encodeBase32(whole) === text ? whole : null
}
