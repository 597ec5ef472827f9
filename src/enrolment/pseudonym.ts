import { profiles, type Role } from './roles.ts'

/**
 * A pseudonym shows nothing of place, hardware or order: ten base32 characters (RFC 4648, section 6) of
 * randomness, 50 bits. `random` gives as many random bytes as asked for.
 */
export function pseudonym(of: Role | 'root' | 'campaign', random: (bytes: number) => Uint8Array): string {
	const letters = [...random(10)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(byte % 32))
	const prefix = of === 'root' ? 'r' : of === 'campaign' ? 'a' : profiles[of].prefix
	return `${prefix}-${letters.join('')}`
}
