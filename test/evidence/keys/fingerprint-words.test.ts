import { createHash } from 'node:crypto'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { describe, expect, test } from 'vitest'
import { areWordsOf, fingerprintWords } from '#src/evidence/keys/fingerprint-words.js'

const bytes = Buffer.from('a request')

describe('fingerprint words', () => {
	test('are the first 88 bits of the SHA-256, eleven a word', () => {
		const bits = [...createHash('sha256').update(bytes).digest()]
			.map((byte) => byte.toString(2).padStart(8, '0'))
			.join('')
		const numbers =
			bits
				.slice(0, 88)
				.match(/.{11}/g)
				?.map((word) => Number.parseInt(word, 2)) ?? []
		expect(fingerprintWords(bytes, 'en')).toEqual(numbers.map((number) => wordlist[number]))
	})

	test('in Spanish are written as people write them, each accent in its letter', () => {
		const words = Array.from({ length: 200 }, (_, seed) => fingerprintWords(Buffer.from([seed]), 'es')).flat()
		expect(words.join('')).toBe(words.join('').normalize('NFC'))
		expect(words.join('')).toMatch(/[áéíóúñ]/)
	})

	test.each([
		['as they are shown', (words: string) => words],
		[
			'without accents, in capitals, with hyphens',
			(words: string) => plain(words).toUpperCase().replaceAll(' ', '-'),
		],
		[
			'with accents apart, and too many spaces',
			(words: string) => ` ${words.normalize('NFD').replaceAll(' ', '  ')}\n`,
		],
	])('are the same %s, in either language', (_, spelt) => {
		for (const language of ['es', 'en'] as const) {
			expect(areWordsOf(bytes, spelt(fingerprintWords(bytes, language).join(' ')))).toBe(true)
		}
	})

	test.each([
		['none', () => ''],
		['one missing', (words: string[]) => words.slice(1).join(' ')],
		['one more', (words: string[]) => [...words, 'abeja'].join(' ')],
		['two exchanged', ([first = '', second = '', ...rest]: string[]) => [second, first, ...rest].join(' ')],
		['another in the last place', (words: string[]) => [...words.slice(0, -1), 'zumo'].join(' ')],
		['those of other bytes', () => fingerprintWords(Buffer.from('another'), 'es').join(' ')],
	])('are others: %s', (_, said) => {
		expect(areWordsOf(bytes, said(fingerprintWords(bytes, 'es')))).toBe(false)
	})
})

function plain(text: string): string {
	return text.normalize('NFD').replaceAll(/\p{M}/gu, '')
}
