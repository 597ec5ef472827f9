/** The results of 2024, as published; where they are not at hand, the sample that ships. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ElectionDefinition } from '#src/acta/election.js'
import { parseResults, type ResultRow } from '#src/simulator/figures/results.js'
import { sampleResults } from '#src/simulator/figures/tables.js'
import type { Random } from '#src/simulator/random.js'
import { sharedData } from '../../support/shared-data.ts'

/** So many rows, drawn; `source` says where they are not of the published file. */
export async function resultsOf2024(
	election: ElectionDefinition,
	count: number,
	random: Random,
): Promise<{ readonly rows: readonly ResultRow[]; readonly source: string | null }> {
	const file = sharedData === null ? null : join(sharedData, 'results-2024.csv')
	const text = file === null ? null : await readFile(file, 'utf8').catch(() => null)
	const all = text === null ? await sampleResults(election) : rowsOf(text, election)
	const source =
		text === null
			? `the published results (../shared/data) are not at hand: the ${all.length} of the sample that ships`
			: null
	// All of them stay in the file's order.
	const drawn = count >= all.length ? all : random.shuffled(all).slice(0, count)
	return { rows: drawn, source }
}

function rowsOf(text: string, election: ElectionDefinition): readonly ResultRow[] {
	const { rows, faults } = parseResults(text, election)
	const [fault] = faults
	if (fault !== undefined) throw new Error(`the published results, line ${fault.line}: ${fault.detail}`)
	return rows
}
