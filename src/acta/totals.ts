import type { ElectionDefinition } from './election.ts'
import type { Acta } from './payload.ts'

export interface Totals {
	/** Votes by candidate id, in the election's order. */
	readonly byCandidate: ReadonlyMap<string, number>
	/** Votes for all candidates. */
	readonly valid: number
	/** Valid, null and empty votes: everybody who voted at this table. */
	readonly total: number
}

/** Adds the cards up. The acta must be one of this election, as `parsePayload` gives it. */
export function totalsOf(acta: Acta, election: ElectionDefinition): Totals {
	const byCandidate = new Map(election.candidates.map(({ id }) => [id, 0]))
	for (const [index, { candidate }] of election.cards.entries()) {
		byCandidate.set(candidate, (byCandidate.get(candidate) ?? 0) + (acta.votes[index] ?? 0))
	}
	return { byCandidate, valid: validVotes(acta), total: totalVotes(acta) }
}

/** Votes for all candidates. */
function validVotes({ votes }: Acta): number {
	return votes.reduce((sum, count) => sum + count, 0)
}

/** Everybody who voted at this table. */
export function totalVotes(acta: Acta): number {
	return validVotes(acta) + acta.nullVotes + acta.emptyVotes
}
