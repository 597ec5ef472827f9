/** The papers of a soak, always the same for the same number: small pictures, and what a reader would say of them. */
import type { ActaReading } from '#src/reading/reading.js'
import type { Paper } from '../../support/handled-kiosk.ts'

/** A picture as small as can be that no other paper has: the journal looks at its first bytes only. */
function pictureOf(what: string): Uint8Array {
	return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(what)])
}

/** The acta of a table; versions of it differ in the votes of the first card. */
export function acta(table: number, version = 0): Paper {
	const centro = String(100_000_000 + Math.floor(table / 15))
	const mesa = String(1 + (table % 15)).padStart(2, '0')
	const code = `${centro}.${mesa}.1.0001`
	const votes = Array.from({ length: 38 }, (_, card) => (card === 0 ? version : (table * 31 + card * 7) % 97))
	const reading: ActaReading = {
		kind: 'acta',
		text: `${code}!${votes.join(',')}!0!0`,
		acta: { code, centro, mesa, votes, nullVotes: 0, emptyVotes: 0 },
	}
	return { picture: pictureOf(`acta ${table} ${version}`), reading }
}

/** A paper in which nothing can be read. */
export function unread(number: number): Paper {
	const fault = { code: 'blurred' as const, detail: '' }
	return { picture: pictureOf(`unread ${number}`), reading: { kind: 'unread', fault } }
}
