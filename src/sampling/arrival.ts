/** How much of a quick sample has arrived, by stratum. It says what is there; it projects nothing on what is not. */
import { type TableState, tableStates } from '../tally/figures.ts'
import type { SampledTable } from './quick-sample.ts'

export interface Arrival {
	readonly stratum: string
	readonly drawn: number
	readonly states: Readonly<Record<TableState, number>>
}

/** In the order of the sample; `stateOf` is undefined for what is in no register and has not come. */
export function arrivals(
	sample: readonly SampledTable[],
	stateOf: (table: string) => TableState | undefined,
): Arrival[] {
	const strata = new Map<string, TableState[]>()
	for (const { table, stratum } of sample) {
		const states = strata.get(stratum) ?? []
		strata.set(stratum, states)
		states.push(stateOf(table) ?? 'missing')
	}
	return Array.from(strata, ([stratum, states]) => {
		const counts = tableStates.map((name) => [name, states.filter((state) => state === name).length])
		return { stratum, drawn: states.length, states: Object.fromEntries(counts) as Arrival['states'] }
	})
}
