/** What people compare of a public key: the SHA-256 of its SPKI in DER, as hex and as words. */
import { createHash, type KeyObject } from 'node:crypto'
import { spkiOf } from '../identity.ts'
import { fingerprintWords } from './fingerprint-words.ts'

export interface KeyFingerprint {
	/** Hex, lower case. Also `openssl pkey -pubin -in FILE -outform DER | sha256sum`. */
	readonly sha256: string
	readonly es: string
	readonly en: string
}

export function keyFingerprint(key: KeyObject): KeyFingerprint {
	const spki = spkiOf(key)
	const words = (language: 'es' | 'en') => fingerprintWords(spki, language).join(' ')
	return { sha256: createHash('sha256').update(spki).digest('hex'), es: words('es'), en: words('en') }
}

/** Hex in groups of four, as people read it out. */
export function inGroups(sha256: string): string {
	return sha256.replaceAll(/.{4}(?=.)/g, '$& ')
}
