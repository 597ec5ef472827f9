/** What people at reading stations and officers sign, for tests. */
import type { Ruling } from '#src/evidence/ruling.js'
import type { Transcription, UnreadableReason } from '#src/evidence/transcription.js'
import type { Unlinked } from '#src/journal/signed-chain.js'

const common = { v: 1, election: 've-2024-presidential', day: '2024-07-29' } as const
const sixBoxes = Array.from({ length: 6 }, () => 'filled' as const)

/** What `station` reads from the picture `image` of `entry`: a text, or why there is none. */
export function answerOf(
	station: string,
	entry: string,
	image: string,
	read:
		| string
		| { readonly text: string }
		| { readonly unreadable: UnreadableReason; readonly code?: string },
): Unlinked<Transcription> {
	const said = typeof read === 'string' ? { text: read } : read
	return { ...common, station, entry, image, ...said, signatures: sixBoxes }
}

/** That `officer` rules that `excludes` do not count for `table`. */
export function rulingOf(
	officer: string,
	table: string,
	excludes: readonly string[],
	replaces?: readonly string[],
): Unlinked<Ruling> {
	const more = replaces === undefined ? {} : { replaces: [...replaces] }
	return { ...common, officer, table, excludes: [...excludes], reason: 'misread', rests: 'paper', ...more }
}
