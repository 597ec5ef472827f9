/**
 * The text in an acta's QR code:
 *
 *     121202007.01.1.0001!23,0,…,0!0!0
 *     └ acta code         └ one count a card, in printed order
 *                                  └ null votes └ empty votes
 *
 * Strict and total: any bytes at all give either an acta or a named fault, and an acta has exactly one
 * spelling. Read off real actas (centre 121202007 among them) and 21,952 decoded public ones. There is no
 * signature in it, and it is never a link to follow.
 */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { ElectionDefinition } from './election.ts'

/** More than any acta holds (2024: 104 bytes), less than anything that could hurt. */
export const longestPayload = 2048

export interface Acta {
	/** The whole code: the identity of a paper, one for each table. */
	readonly code: string
	readonly centro: string
	readonly mesa: string
	/** Votes by card, in the election's printed order. */
	readonly votes: readonly number[]
	readonly nullVotes: number
	readonly emptyVotes: number
}

type PayloadCode =
	| 'empty'
	| 'too-large'
	| 'not-text'
	| 'web-address'
	| 'not-an-acta'
	| 'bad-code'
	| 'wrong-card-count'
	| 'bad-count'
	| 'count-too-large'

export type PayloadFault = Fault<PayloadCode>

export function parsePayload(bytes: Uint8Array, election: ElectionDefinition): Result<Acta, PayloadFault> {
	if (bytes.length === 0) return fail('empty', 'the code holds no text')
	if (bytes.length > longestPayload) {
		return fail('too-large', `the code holds ${bytes.length} bytes; an acta's has at most ${longestPayload}`)
	}
	if (bytes.some((byte) => byte < 0x20 || byte > 0x7e)) {
		if (looksLikeAddress(Buffer.from(bytes).toString('latin1'))) return webAddress()
		return fail('not-text', 'the code holds bytes that no acta has; it is something else')
	}
	const text = Buffer.from(bytes).toString('latin1')
	if (looksLikeAddress(text)) return webAddress()
	const segments = text.split('!')
	const [code = '', counts = '', nulls = '', empties = ''] = segments
	if (segments.length !== 4) {
		return fail('not-an-acta', `the code has ${segments.length} parts between "!", an acta's has 4`)
	}

	const named = tableInCode(code, election)
	if (named === null) {
		return fail('bad-code', `the acta code is not ${election.code.digits.join('+')} digits between dots`)
	}

	const votes = counts.split(',')
	if (votes.length !== election.cards.length) {
		return fail(
			'wrong-card-count',
			`the code has ${votes.length} counts, ${election.id} has ${election.cards.length} cards`,
		)
	}
	const numbers: number[] = []
	for (const [index, count] of [...votes, nulls, empties].entries()) {
		const where = ['the null votes', 'the empty votes'][index - votes.length] ?? `count ${index + 1}`
		if (!/^(0|[1-9][0-9]*)$/.test(count)) return fail('bad-count', `${where}: not a plain number`)
		if (Number(count) > election.highestCount) {
			return fail('count-too-large', `${where}: over ${election.highestCount}, the most the form can print`)
		}
		numbers.push(Number(count))
	}
	return ok({
		code,
		...named,
		votes: numbers.slice(0, votes.length),
		nullVotes: numbers[votes.length] ?? 0,
		emptyVotes: numbers[votes.length + 1] ?? 0,
	})
}

/** Centre and table that an acta code names; null for what is not in its grammar. */
export function tableInCode(
	code: string,
	{ code: { digits, centro, mesa } }: ElectionDefinition,
): Pick<Acta, 'centro' | 'mesa'> | null {
	const parts = code.split('.')
	const isCode =
		parts.length === digits.length && parts.every((part, index) => isDigits(part, digits[index] ?? 0))
	return isCode ? { centro: parts[centro] ?? '', mesa: parts[mesa] ?? '' } : null
}

/** The one spelling of an acta: `parsePayload` of it gives the same acta back. */
export function formatPayload(acta: Acta): string {
	return `${acta.code}!${acta.votes.join(',')}!${acta.nullVotes}!${acta.emptyVotes}`
}

/**
 * True when a person should look at the paper before it is turned away: the text has the shape of an acta
 * but not of one of this election (misread, misprinted, or from another election).
 */
export function resemblesActa(fault: PayloadFault): boolean {
	switch (fault.code) {
		case 'bad-code':
		case 'wrong-card-count':
		case 'bad-count':
		case 'count-too-large':
			return true
		case 'empty':
		case 'too-large':
		case 'not-text':
		case 'web-address':
		case 'not-an-acta':
			return false
	}
}

/** Faults of what stands behind the acta code, which is spelled as it should be. */
const faultsOfCounts: readonly PayloadCode[] = ['wrong-card-count', 'bad-count', 'count-too-large']

/** The acta code in a text whose counts could not be read; null where that is not what is wrong with it. */
export function codeBesideCounts(text: string | null, { code }: PayloadFault): string | null {
	return text !== null && faultsOfCounts.includes(code) ? (text.split('!')[0] ?? null) : null
}

function isDigits(text: string, length: number): boolean {
	return text.length === length && /^[0-9]+$/.test(text)
}

function looksLikeAddress(text: string): boolean {
	return /^\s*([a-z][a-z0-9+.-]*:\/\/|www\.|mailto:|tel:|wifi:)/i.test(text)
}

function webAddress(): Result<never, PayloadFault> {
	return fail(
		'web-address',
		'the code is a web address or a command for a telephone, not an acta; never open it',
	)
}
