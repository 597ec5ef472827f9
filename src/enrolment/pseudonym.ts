export const prefixes = { device: 'k', centre: 'c', broker: 'b', root: 'r', campaign: 'a' } as const

/**
 * A pseudonym shows nothing of place, hardware or order: ten base32 characters (RFC 4648, section 6) of
 * randomness, 50 bits. `random` gives as many random bytes as asked for.
 */
export function pseudonym(of: keyof typeof prefixes, random: (bytes: number) => Uint8Array): string {
	const letters = [...random(10)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(byte % 32))
	return `${prefixes[of]}-${letters.join('')}`
}
