import { readFile } from 'node:fs/promises'
import type { ElectionDefinition } from '../acta/election.ts'
import { parseResults, type ResultRow } from '../simulator/figures/results.ts'
import { sampleResults } from '../simulator/figures/tables.ts'
import { CommandRefused, exit } from './exit.ts'

/** The figures that actas are printed from: a file of published results, or without it the sample of 2024. */
export async function resultsFrom(
	file: string | undefined,
	election: ElectionDefinition,
): Promise<readonly ResultRow[]> {
	if (file === undefined) return sampleResults(election)
	const text = await readFile(file, 'utf8').catch((error: Error) => {
		throw new CommandRefused(exit.usedWrongly, `can't read the results in ${file}: ${error.message}`)
	})
	const { rows, faults } = parseResults(text, election)
	const [first, ...others] = faults
	if (first !== undefined) {
		const more = others.length === 0 ? '' : ` (and ${others.length} more faults)`
		throw new CommandRefused(exit.usedWrongly, `${file}, line ${first.line}: ${first.detail}${more}`)
	}
	if (rows.length === 0) throw new CommandRefused(exit.usedWrongly, `${file} has no rows`)
	return rows
}
