/** What people at reading stations say of a drawn table, who looked at full pictures without seeing what counts. */
import type { TableDetail } from '../tally/table-detail.ts'
import type { Verdict } from './audit-report.ts'
import { type CountedTable, digestOfCounts } from './population.ts'

/** By what two stations read in each entry of the table; open where they have read none. */
export function verdictByPeople({ counts }: CountedTable, detail: TableDetail | undefined): Verdict {
	const read = (detail?.entries ?? []).flatMap(({ peopleText }) => (peopleText === null ? [] : [peopleText]))
	if (read.length === 0) return 'open'
	return read.every((text) => digestOfCounts(text) === counts) ? 'match' : 'differs'
}

/** Of two verdicts of one table the one that is further from a match; an open one says nothing. */
export function worseOf(one: Verdict, other: Verdict): Verdict {
	const order: readonly Verdict[] = ['open', 'match', 'not-found', 'differs']
	return order.indexOf(one) > order.indexOf(other) ? one : other
}
