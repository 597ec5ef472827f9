/**
 * Actas from published results. Published are the votes of a candidate; an acta has them by party card. The
 * breakdown is invented, always the same for the same row, and adds up.
 */
import { readFile } from 'node:fs/promises'
import type { ElectionDefinition } from '../../acta/election.ts'
import { type Acta, formatPayload } from '../../acta/payload.ts'
import { Random } from '../random.ts'
import { parseResults, type ResultRow } from './results.ts'

/**
 * About 300 real rows from every state, which ship with the program. They are of the election of 2024, so
 * `election` must have its candidates.
 */
export async function sampleResults(election: ElectionDefinition): Promise<readonly ResultRow[]> {
	const { rows, faults } = parseResults(
		await readFile(new URL('results-sample.csv', import.meta.url), 'utf8'),
		election,
	)
	const [fault] = faults
	if (fault !== undefined) throw new Error(`results-sample.csv, line ${fault.line}: ${fault.detail}`)
	return rows
}

/** What version 8-Q surely holds in bytes; real actas have 103 or 104. */
const longestText = 108

export function actaOf(row: ResultRow, election: ElectionDefinition): Acta {
	const parts = election.code.digits.map((digits, index) => {
		if (index === election.code.centro) return row.centro
		if (index === election.code.mesa) return row.mesa
		return '1'.padStart(digits, '0')
	})
	// Fewer strays to the small cards make a shorter text; with none at all it is as short as it can be.
	let acta: Acta | undefined
	for (const strays of [0.12, 0.05, 0.02, 0]) {
		acta = {
			code: parts.join('.'),
			centro: row.centro,
			mesa: row.mesa,
			votes: breakDown(row, election, strays),
			nullVotes: row.nullVotes,
			emptyVotes: 0,
		}
		if (formatPayload(acta).length <= longestText) break
	}
	return acta as Acta
}

/** Most of a candidate's votes fall to one card, a share of about `strays` to the others. */
function breakDown(row: ResultRow, election: ElectionDefinition, strays: number): number[] {
	const random = new Random(`breakdown/${row.centro}.${row.mesa}`)
	const votes = election.cards.map(() => 0)
	for (const { id } of election.candidates) {
		const cards = election.cards.flatMap((card, index) => (card.candidate === id ? [index] : []))
		const main = cards.find((index) => election.cards[index]?.sigla === 'MUD') ?? cards[0]
		if (main === undefined) continue
		let left = row.votes.get(id) ?? 0
		const share = cards.length > 1 ? strays / (cards.length - 1) : 0
		for (const index of cards) {
			if (index === main) continue
			const stray = Math.min(left, Math.floor(2 * share * random.fraction() * left + random.fraction()))
			votes[index] = stray
			left -= stray
		}
		votes[main] = left
	}
	return votes
}
