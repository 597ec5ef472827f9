/** The keys on which a verdict rests, for whoever compares them. */
import type { RestsOn } from '../audit/rests-on.ts'
import { inGroups } from '../evidence/keys/key-fingerprint.ts'

export function restsOnLines(keys: readonly RestsOn[]): string[] {
	return keys.flatMap(({ file, sha256, es, en }) => [
		`Rests on the key in ${file}: compare its fingerprint with one that came by another way.`,
		`  ${inGroups(sha256)}`,
		`  es: ${es}`,
		`  en: ${en}`,
	])
}
