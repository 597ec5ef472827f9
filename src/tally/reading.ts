/** What a text in the payload's grammar says of a table, as far as a tally needs it. Pure. */
import type { ElectionDefinition } from '../acta/election.ts'
import { parsePayload, tableInCode } from '../acta/payload.ts'
import { type Implausibility, implausibilities, tableOf } from '../acta/plausibility.ts'
import type { Register } from '../acta/register/register.ts'
import { totalsOf } from '../acta/totals.ts'

/** By candidate in the election's order, then null and empty votes. */
export type Votes = readonly number[]

export interface Reading {
	readonly table: string
	/** Equal for two readings of one table that say the same: a payload has one spelling. */
	readonly said: string
	readonly text: string
	readonly votes: Votes
	readonly findings: readonly Implausibility[]
}

/** One for all: nearly every reading has none. */
const none: readonly Implausibility[] = []

/** What texts and codes say, in one election and with the register at hand. */
export class Grammar {
	readonly election: ElectionDefinition
	readonly #tables: Register['tables'] | undefined

	constructor(election: ElectionDefinition, register: Register | null) {
		this.election = election
		this.#tables = register?.tables
	}

	/** Null for a text that is not in the payload's grammar. */
	reading(text: string | null | undefined): Reading | null {
		if (text === null || text === undefined) return null
		const read = parsePayload(Buffer.from(text, 'utf8'), this.election)
		if (!read.ok) return null
		const acta = read.value
		const findings = implausibilities(acta, this.election, this.#tables)
		return {
			table: tableOf(acta),
			said: text.slice(text.indexOf('!')),
			text,
			votes: [...totalsOf(acta, this.election).byCandidate.values(), acta.nullVotes, acta.emptyVotes],
			findings: findings.length === 0 ? none : findings,
		}
	}

	/** The table that an acta code names; null for what is not in the grammar of acta codes. */
	table(code: string | null | undefined): string | null {
		const named = code === null || code === undefined ? null : tableInCode(code, this.election)
		return named === null ? null : tableOf(named)
	}
}

/** Whether two readings are of the same table and figures. */
function saysTheSame(one: Reading, other: Reading): boolean {
	return one.table === other.table && one.said === other.said
}

/** Whether all do; also of none. */
export function allSayTheSame(readings: readonly Reading[]): boolean {
	const [first] = readings
	return first === undefined || readings.every((reading) => saysTheSame(reading, first))
}
