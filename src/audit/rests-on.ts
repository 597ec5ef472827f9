/** The keys by which a verdict stands or falls: those that nothing else in the directory vouches for. */
import type { KeyObject } from 'node:crypto'
import { type KeyFingerprint, keyFingerprint } from '../evidence/keys/key-fingerprint.ts'

/** A key that has to be compared with a copy that came by another way. */
export interface RestsOn extends KeyFingerprint {
	readonly file: string
}

export function restsOn(file: string, key: KeyObject): RestsOn {
	return { file, ...keyFingerprint(key) }
}
