/**
 * Fingerprints that people compare: eight words for the first 88 bits of a SHA-256.
 *
 * Why eight: someone who swaps a request on its way needs another one with the same words, a second preimage.
 * They know the words only once the kiosk has made its keys, so for a request six words (66 bits) would last:
 * at 10^14 hashes a second, ten thousand of the fastest graphics cards, they take nine days. But a root is
 * known for months before the election and worth any machine; eight words take those machines 98,000 years. Two
 * more words cost a technician three seconds, and one count for both is one thing less to know.
 */
import { createHash } from 'node:crypto'
import { plainWords, type WordLanguage, wordLanguages, wordsOf } from '../../platform/word-lists.ts'

const wordCount = 8

/** The words of `bytes`, in their usual spelling. */
export function fingerprintWords(bytes: Uint8Array, language: WordLanguage): string[] {
	const digest = BigInt(`0x${createHash('sha256').update(bytes).digest('hex')}`)
	return wordsOf(digest, 256, wordCount, language)
}

/** Whether `said` are the words of `bytes`, in either language; accents, capitals and hyphens don't count. */
export function areWordsOf(bytes: Uint8Array, said: string): boolean {
	const plain = plainWords(said).join(' ')
	return wordLanguages.some(
		(language) => plainWords(fingerprintWords(bytes, language).join(' ')).join(' ') === plain,
	)
}
