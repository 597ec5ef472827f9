/**
 * Words that people read out, compare and copy by hand: the lists of BIP-39, 2048 words each, 11 bits a word, of which
 * the first four letters differ, and no two by an accent alone.
 */
import { wordlist as english } from '@scure/bip39/wordlists/english.js'
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js'

export const wordLanguages = ['es', 'en'] as const
export type WordLanguage = (typeof wordLanguages)[number]

export const bitsPerWord = 11

const lists: Readonly<Record<WordLanguage, readonly string[]>> = { es: spanish, en: english }

/** The first `count` words of a number of `bits` bits, in their usual spelling. */
export function wordsOf(number: bigint, bits: number, count: number, language: WordLanguage): string[] {
	return Array.from({ length: count }, (_, index) => {
		const shift = BigInt(bits - bitsPerWord * (index + 1))
		// The Spanish list spells its accents apart, as BIP-39 demands.
		return (lists[language][Number((number >> shift) & 2047n)] ?? '').normalize('NFC')
	})
}

/** Words as they are compared: accents, capitals and what stands between them don't count. */
export function plainWords(text: string): string[] {
	return text
		.normalize('NFD')
		.replaceAll(/\p{M}/gu, '')
		.toLowerCase()
		.split(/[\s,;.-]+/u)
		.filter((word) => word !== '')
}

/** The list as `plainWords` spells it: the number of a word is its place. */
export function plainList(language: WordLanguage): readonly string[] {
	return lists[language].map((word) => plainWords(word).join(''))
}
