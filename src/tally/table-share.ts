/** What a table adds to the sums of its places (`provisioning/verify/COUNTING.md`, "Sums"). Pure. */
import type { TableState } from './figures.ts'
import type { Votes } from './reading.ts'
import type { TableOutcome } from './table-outcome.ts'

/** Null where it adds nothing. */
export interface TableShare {
	readonly state: TableState
	readonly isConfirmed: boolean
	/** Of a counted table. */
	readonly counted: Votes | null
	/** Of a counted table, as if there were no rulings. */
	readonly countedWithoutRulings: Votes | null
	/** Of a table in conflict, by candidate. */
	readonly bounds: { readonly least: Votes; readonly most: Votes } | null
}

/** `withoutRulings`: what it comes to as if there were none. */
export function shareOf(outcome: TableOutcome, withoutRulings: TableOutcome): TableShare {
	return {
		state: outcome.state,
		isConfirmed: outcome.isConfirmed,
		counted: countedVotes(outcome),
		countedWithoutRulings: countedVotes(withoutRulings),
		bounds: boundsOf(outcome),
	}
}

/** Null where it is not counted. */
export function countedVotes({ state, versions }: TableOutcome): Votes | null {
	return state === 'counted' ? (versions[0]?.reading.votes ?? null) : null
}

function boundsOf({ state, versions, named }: TableOutcome): TableShare['bounds'] {
	if (state !== 'conflict') return null
	const [first, ...others] =
		versions.length > 0
			? versions.map(({ reading }) => reading.votes)
			: named.map(({ reading }) => reading.votes)
	if (first === undefined) return null
	// Named in dispute: its paper may not have come at all.
	const least = versions.length > 0 ? [...first] : first.map(() => 0)
	const most = [...first]
	for (const votes of others) {
		for (const [at, count] of votes.entries()) {
			least[at] = Math.min(least[at] ?? count, count)
			most[at] = Math.max(most[at] ?? count, count)
		}
	}
	return { least, most }
}
