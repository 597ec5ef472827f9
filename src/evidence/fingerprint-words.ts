/**
 * Fingerprints that people compare: words for the first 88 bits of a SHA-256, eight words of 11 bits from the
 * lists of BIP-39 (2048 words each, of which the first four letters differ, and no two by an accent alone).
 *
 * Why eight: someone who swaps a request on its way needs another one with the same words, a second preimage.
 * They know the words only once the kiosk has made its keys, so for a request six words (66 bits) would last:
 * at 10^14 hashes a second, ten thousand of the fastest graphics cards, they take nine days. But a root is
 * known for months before the election and worth any machine; eight words take those machines 98,000 years. Two
 * more words cost a technician three seconds, and one count for both is one thing less to know.
 */
import { createHash } from 'node:crypto'
import { wordlist as english } from '@scure/bip39/wordlists/english.js'
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js'

export type WordLanguage = 'es' | 'en'

const wordCount = 8

const bitsPerWord = 11

const lists: Readonly<Record<WordLanguage, readonly string[]>> = { es: spanish, en: english }

/** The words of `bytes`, in their usual spelling. */
export function fingerprintWords(bytes: Uint8Array, language: WordLanguage): string[] {
	const digest = BigInt(`0x${createHash('sha256').update(bytes).digest('hex')}`)
	return Array.from({ length: wordCount }, (_, index) => {
		const shift = BigInt(256 - bitsPerWord * (index + 1))
		// The Spanish list spells its accents apart, as BIP-39 demands.
		return (lists[language][Number((digest >> shift) & 2047n)] ?? '').normalize('NFC')
	})
}

/** Whether `said` are the words of `bytes`, in either language; accents, capitals and hyphens don't count. */
export function areWordsOf(bytes: Uint8Array, said: string): boolean {
	const plain = plainly(said)
	return (['es', 'en'] as const).some(
		(language) => plainly(fingerprintWords(bytes, language).join(' ')) === plain,
	)
}

function plainly(text: string): string {
	return text
		.normalize('NFD')
		.replaceAll(/\p{M}/gu, '')
		.toLowerCase()
		.split(/[\s,;.-]+/u)
		.filter((word) => word !== '')
		.join(' ')
}
