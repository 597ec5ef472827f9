/**
 * A custodian's key in shares (Shamir's sharing over GF(2^8), by `shamir-secret-sharing`): any `threshold` of them
 * give the key back, fewer say nothing of it. A share is 30 words to be copied by hand, 330 bits, the highest first:
 *
 *     4     version, 1
 *     4     shares that open
 *     4     shares that were made
 *     4     number of this one, from 1
 *     28    set: the first bits of the SHA-256 of the public key ("age1…") that the set belongs to
 *     264   the share as the library gives it: a byte for each of the key's 32, then its place on the curves
 *     22    checksum: the first bits of the SHA-256 of "testigo custodian share\n" and the 308 bits above, in 39 bytes
 *
 * The words' own checksum names a word that was copied wrongly, the set one that belongs to another key. What comes
 * of joining is compared with the set once more: the library itself would give out any bytes as a key.
 */
import { createHash } from 'node:crypto'
import { bech32 } from '@scure/base'
import { identityToRecipient } from 'age-encryption'
import { combine, split } from 'shamir-secret-sharing'
import { printable } from '../platform/printable.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import {
	bitsPerWord,
	plainList,
	plainWords,
	type WordLanguage,
	wordLanguages,
	wordsOf,
} from '../platform/word-lists.ts'
import type { Split } from './custodians.ts'

export interface Share extends Split {
	/** From 1 to `count`. */
	readonly number: number
	/** 28 bits. */
	readonly set: number
	/** As the library gives it. */
	readonly bytes: Uint8Array
}

const version = 1
export const wordsPerShare = 30
export const wordsPerRow = 6
const shareBytes = 33
const setBits = 28
const checksumBits = 22
const dataBits = wordsPerShare * bitsPerWord - checksumBits
const prefix = 'AGE-SECRET-KEY-'

/** Splits an age identity ("AGE-SECRET-KEY-1…"). Throws (a bug) where shares would not give it back. */
export async function splitKey(key: string, { threshold, count }: Split): Promise<readonly Share[]> {
	const recipient = await identityToRecipient(key)
	const secret = Uint8Array.from(bech32.decodeToBytes(key).bytes)
	const parts = await split(secret, count, threshold)
	secret.fill(0)
	const set = setOf(recipient)
	const shares = parts.map((bytes, index) => ({ threshold, count, number: index + 1, set, bytes }))
	// Each with the ones after it: before anything is sealed to a key, every share of it has shown that it opens.
	for (const [index] of shares.entries()) {
		const some = [...shares, ...shares].slice(index, index + threshold)
		const joined = await joinShares(some)
		if (!joined.ok || joined.value !== key) throw new Error('the shares do not give the key back')
	}
	return shares
}

export type JoiningFault = Fault<'share-twice' | 'mixed-sets' | 'too-few-shares' | 'not-the-set'>

/** The age identity, from as many shares of one set as it needs, or more. */
export async function joinShares(shares: readonly Share[]): Promise<Result<string, JoiningFault>> {
	const [first] = shares
	if (first === undefined) return fail('too-few-shares', 'no share is here')
	for (const [index, share] of shares.entries()) {
		if (nameOfSet(share) !== nameOfSet(first)) {
			return fail(
				'mixed-sets',
				`${nameOf(first)} and ${nameOf(share)} belong to two keys: bring shares of one set`,
			)
		}
		if (shares.slice(0, index).some(({ number }) => number === share.number)) {
			return fail('share-twice', `${nameOf(share)} is here twice: bring another one`)
		}
	}
	const { threshold } = first
	if (shares.length < threshold) {
		const here = shares.map(({ number }) => number).join(', ')
		const detail = `${nameOfSet(first)} needs ${threshold} of its shares, and only number ${here} is here`
		return fail('too-few-shares', detail)
	}
	// The library throws at two shares of one place, which no two numbers of an honest set have.
	const secret = await combine(shares.map(({ bytes }) => bytes)).catch(() => null)
	const key = secret === null ? null : bech32.encodeFromBytes(prefix, secret).toUpperCase()
	secret?.fill(0)
	if (key === null || setOf(await identityToRecipient(key)) !== first.set) {
		return fail(
			'not-the-set',
			`${nameOfSet(first)}: these shares together are not its key: one was made up, or altered`,
		)
	}
	return ok(key)
}

/** Rows of words. */
export function shareRows(share: Share, language: WordLanguage): string[] {
	const words = wordsOf(withChecksum(dataOf(share)), wordsPerShare * bitsPerWord, wordsPerShare, language)
	const rows = []
	for (let at = 0; at < words.length; at += wordsPerRow)
		rows.push(words.slice(at, at + wordsPerRow).join(' '))
	return rows
}

export type ShareFault = Fault<
	'not-a-word' | 'wrong-length' | 'wrong-word' | 'unknown-version' | 'not-a-share'
>

/** Reads one share; words may be numbered, and lines that begin with `#` say nothing. */
export function readShare(text: string): Result<Share, ShareFault> {
	const words = wordsIn(text)
	const numbers = numbersOf(words)
	if (!numbers.ok) return numbers
	if (words.length !== wordsPerShare) {
		return fail('wrong-length', `a share has ${wordsPerShare} words, and here are ${words.length}`)
	}
	const bits = bitsOf(numbers.value.places)
	if (withChecksum(bits >> BigInt(checksumBits)) !== bits)
		return fail('wrong-word', whichIsWrong(numbers.value))
	return shareOf(bits >> BigInt(checksumBits))
}

/** All shares in a text, an empty line between them. */
export function shareTexts(text: string): string[] {
	return text.split(/\n\s*\n/).filter((part) => wordsIn(part).length > 0)
}

/** A row that was typed, against the lists alone: null where each of its words stands in one. */
export function faultOfRow(row: string): Fault<'not-a-word'> | null {
	const numbers = numbersOf(wordsIn(row))
	return numbers.ok ? null : numbers.fault
}

export function nameOf(share: Share): string {
	return `share ${share.number} of ${nameOfSet(share)}`
}

function nameOfSet({ set, threshold, count }: Share): string {
	return `set ${set.toString(16).padStart(setBits / 4, '0')} (${threshold}/${count})`
}

function wordsIn(text: string): string[] {
	const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'))
	return plainWords(lines.join(' ')).filter((word) => !/^[0-9]+$/.test(word))
}

interface Places {
	readonly list: readonly string[]
	readonly places: readonly number[]
}

/** By the list in which more of them stand: both languages have some words in common. */
function numbersOf(words: readonly string[]): Result<Places, Fault<'not-a-word'>> {
	const readings = wordLanguages.map((language) => {
		const list = plainList(language)
		const places = words.map((word) => list.indexOf(word))
		return { list, places, known: places.filter((place) => place >= 0).length }
	})
	const [first, second] = readings
	const best = first === undefined || (second !== undefined && second.known > first.known) ? second : first
	if (best === undefined) throw new Error('there are no lists of words')
	const wrong = best.places.indexOf(-1)
	if (wrong < 0) return ok(best)
	const word = words[wrong] ?? ''
	const near = best.list.find((one) => one.slice(0, 4) === word.slice(0, 4))
	const hint = near === undefined ? '' : `; is it "${near}"?`
	return fail('not-a-word', `word ${wrong + 1}, "${printable(word)}", is in no list of words${hint}`)
}

function bitsOf(places: readonly number[]): bigint {
	return places.reduce((bits, place) => (bits << BigInt(bitsPerWord)) | BigInt(place), 0n)
}

/** Tries each word in each place, then neighbours swapped: 61,000 digests, and one in seventy times another fits too. */
function whichIsWrong({ list, places }: Places): string {
	const fits = (candidate: readonly number[]) => {
		const bits = bitsOf(candidate)
		return withChecksum(bits >> BigInt(checksumBits)) === bits
	}
	const found = []
	for (const [index, wrong] of places.entries()) {
		for (const [place, word] of list.entries()) {
			if (fits(places.with(index, place)))
				found.push(`word ${index + 1}, "${list[wrong]}": was it "${word}"?`)
		}
		const swapped = places.with(index, places[index + 1] ?? wrong)
		if (index + 1 < places.length && fits(swapped.with(index + 1, wrong))) {
			found.push(`words ${index + 1} and ${index + 2}, "${list[wrong]}" and the next: are they swapped?`)
		}
	}
	const which = found.length === 0 ? 'more than one of its words' : found.join(' Or: ')
	return `not as it was written down: ${which}`
}

function shareOf(data: bigint): Result<Share, ShareFault> {
	let rest = data
	const take = (bits: number) => {
		const taken = rest & ((1n << BigInt(bits)) - 1n)
		rest >>= BigInt(bits)
		return taken
	}
	const bytes = Buffer.from(
		take(shareBytes * 8)
			.toString(16)
			.padStart(shareBytes * 2, '0'),
		'hex',
	)
	const [set, number, count, threshold, of] = [setBits, 4, 4, 4, 4].map((bits) => Number(take(bits)))
	if (of !== version)
		return fail('unknown-version', 'a share by a newer version of Testigo: open it with that one')
	if (
		set === undefined ||
		!number ||
		!count ||
		!threshold ||
		threshold < 2 ||
		threshold > count ||
		number > count
	) {
		return fail('not-a-share', 'these words are no share: its numbers make no sense')
	}
	return ok({ set, number, count, threshold, bytes: Uint8Array.from(bytes) })
}

function dataOf({ threshold, count, number, set, bytes }: Share): bigint {
	const header = [threshold, count, number].reduce(
		(bits, field) => (bits << 4n) | BigInt(field),
		BigInt(version),
	)
	const share = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
	return (((header << BigInt(setBits)) | BigInt(set)) << BigInt(shareBytes * 8)) | share
}

function withChecksum(data: bigint): bigint {
	const bytes = Buffer.from(data.toString(16).padStart(Math.ceil(dataBits / 8) * 2, '0'), 'hex')
	const digest = createHash('sha256').update('testigo custodian share\n').update(bytes).digest()
	const checksum = digest.readUInt32BE(0) >>> (32 - checksumBits)
	return (data << BigInt(checksumBits)) | BigInt(checksum)
}

function setOf(recipient: string): number {
	return createHash('sha256').update(recipient).digest().readUInt32BE(0) >>> (32 - setBits)
}
