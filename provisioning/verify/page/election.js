/** What an election's actas say: its definition, and the text of an acta's code in its one spelling. */
import { refuse } from './faults.js'
import { listOf, match, only, text, whole } from './shapes.js'
import { parseJson } from './strict-json.js'

const longestPayload = 2048
const largestDefinition = 1 << 20

const longestActaCode = 64

const wholeUpTo = (least, most) => (value) => whole(least)(value) && value <= most
const textOf = (most) => (value) => value !== '' && text(most)(value)
const isZone = match(/^(?=.{1,64}$)[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*){0,2}$/)
const isDefinition = only(
	{
		id: match(/^[a-z0-9][a-z0-9-]{1,62}$/),
		title: textOf(120),
		code: only(
			{ digits: listOf(wholeUpTo(1, 20), 1, 8), centro: whole(0), mesa: whole(0) },
			{ highestMesa: whole(1) },
		),
		candidates: listOf(only({ id: match(/^[A-Z0-9]{1,8}$/), name: textOf(60) }), 1, 200),
		cards: listOf(
			only({ sigla: textOf(30), candidate: (value) => typeof value === 'string' }, { number: whole(1) }),
			1,
			400,
		),
		highestCount: wholeUpTo(1, 999_999),
	},
	{ zone: isZone },
)

const isDigits = (value, length) => value.length === length && /^\d+$/.test(value)

export class Election {
	constructor(definition) {
		if (!isDefinition(definition)) refuse('bad-election')
		const { id, code, candidates, cards, highestCount } = definition
		this.id = id
		this.code = code
		this.highestCount = highestCount
		this.candidates = candidates.map((candidate) => candidate.id)
		/** For people, in the same order. */
		this.names = candidates.map(({ name }) => name)
		/** Of each card its candidate. */
		this.cards = cards.map(({ candidate }) => candidate)
		const { digits, centro, mesa } = code
		const known = new Set(this.candidates)
		const fits =
			known.size === candidates.length &&
			this.cards.every((candidate) => known.has(candidate)) &&
			[centro, mesa].every((part) => part < digits.length) &&
			centro !== mesa &&
			digits.reduce((sum, part) => sum + part + 1, -1) <= longestActaCode
		if (!fits) refuse('bad-election')
	}

	/** Whether the digits could be those of this part of an acta code. */
	isPart(part, value) {
		return isDigits(value, this.code.digits[this.code[part]])
	}

	/** The table of an acta code; null for what is none. */
	tableOf(code) {
		const { digits, centro, mesa } = this.code
		const parts = typeof code === 'string' ? code.split('.') : []
		if (parts.length !== digits.length || !parts.every((part, at) => isDigits(part, digits[at]))) return null
		return `${parts[centro]}.${parts[mesa]}`
	}

	/**
	 * What the text of an acta's code says; null where it is not in the grammar. Two of one `key` say the same.
	 */
	read(written) {
		const segments = typeof written === 'string' ? written.split('!') : []
		if (segments.length !== 4 || written.length > longestPayload) return null
		const [code, votes, ...rest] = segments
		const table = this.tableOf(code)
		const counts = [...votes.split(','), ...rest]
		if (table === null || counts.length !== this.cards.length + 2) return null
		if (!counts.every((count) => this.#isCount(count))) return null
		const numbers = counts.map(Number)
		const [nullVotes, emptyVotes] = numbers.slice(-2)
		const key = `${table}!${numbers.join()}`
		return { key, table, votes: numbers.slice(0, -2), nullVotes, emptyVotes }
	}

	#isCount(count) {
		return /^(0|[1-9]\d{0,6})$/.test(count) && Number(count) <= this.highestCount
	}

	/** Votes of a reading by candidate, in the order of `candidates`. */
	votesOf({ votes }) {
		return this.candidates.map((candidate) =>
			votes.reduce((sum, count, card) => (this.cards[card] === candidate ? sum + count : sum), 0),
		)
	}
}

export async function readElection(blob) {
	if (blob.size > largestDefinition) refuse('bad-election')
	return new Election(parseJson(new Uint8Array(await blob.arrayBuffer())))
}
