/** What the tally has to say of a replay, and what it has to say when somebody says otherwise. */
import type { ResultRow } from '#src/simulator/figures/results.js'
import type { Random } from '#src/simulator/random.js'
import type { TableState } from '#src/tally/figures.js'

/** Votes by candidate, null and empty votes. */
export type Votes = Readonly<Record<string, number>>

/** What the tally has to say. */
export interface Expected {
	/** Of each table of the register, and of each unlisted one. */
	readonly states: ReadonlyMap<string, TableState>
	/** Of tables that are counted their votes, of those in conflict the votes of each version; of a dispute, nothing too. */
	readonly versions: ReadonlyMap<string, readonly Votes[]>
	readonly confirmed: ReadonlySet<string>
	readonly unlisted: ReadonlySet<string>
	readonly unreadPapers: number
}

export function tableOf({ centro, mesa }: ResultRow): string {
	return `${centro}.${mesa}`
}

/** Votes of a table, by candidate, and null votes. */
export function votesOf({ votes, nullVotes }: ResultRow): Votes {
	return { ...Object.fromEntries(votes), nullVotes, emptyVotes: 0 }
}

/** The same table with other votes, as a forger or a misreading has them. */
export function otherwise(row: ResultRow, random: Random): ResultRow {
	const votes = new Map(row.votes)
	for (const id of votes.keys()) votes.set(id, random.whole(0, 300))
	votes.set('NM', (row.votes.get('NM') ?? 0) + random.whole(1, 200))
	return { ...row, votes }
}

/** What a table has in a dispute of people: its paper may be of another. */
export const nothing: Votes = {}

/**
 * The same, when a machine says otherwise of these tables (`conflict`), or one more station of what only people had read
 * (`dispute`).
 */
export function contradicted(
	expected: Expected,
	others: readonly ResultRow[],
	how: 'conflict' | 'dispute',
): Expected {
	const states = new Map(expected.states)
	const versions = new Map(expected.versions)
	for (const other of others) {
		const table = tableOf(other)
		states.set(table, 'conflict')
		const more = how === 'dispute' ? [votesOf(other), nothing] : [votesOf(other)]
		versions.set(table, [...(versions.get(table) ?? []), ...more])
	}
	const confirmed = [...expected.confirmed].filter((table) => states.get(table) === 'counted')
	return { ...expected, states, versions, confirmed: new Set(confirmed) }
}
