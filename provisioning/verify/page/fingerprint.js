/** What people compare of a public key: the SHA-256 of its SPKI in DER, as hex and as eight words of 11 bits each. */
import { fromBase64url, sha256, toHex, toInteger } from './bytes.js'
import { english, spanish } from './word-lists.js'

/** A key that nothing else in the directory vouches for: the verdict stands or falls with it. */
export async function restsOn(file, key) {
	const digest = await sha256(fromBase64url(key.spki))
	const words = (list) =>
		Array.from({ length: 8 }, (_, index) => {
			const shift = BigInt(256 - 11 * (index + 1))
			return list[Number((toInteger(digest) >> shift) & 2047n)]
		}).join(' ')
	return { file, sha256: toHex(digest), es: words(spanish), en: words(english) }
}

/** Hex in groups of four, as people read it out. */
export const inGroups = (digits) => digits.replaceAll(/.{4}(?=.)/g, '$& ')
