/** What people at reading stations say of a drawn table, who looked at full pictures without seeing what counts. */
import type { TableDetail } from '../tally/table-detail.ts'
import type { Verdict } from './audit-report.ts'
import { type CountedTable, digestOfCounts } from './population.ts'

/**
 * By what two stations read in each good entry of the table; open where they have read none. Where people's reading is
 * all that counts, it is not compared with itself: then it takes the papers.
 */
export function verdictByPeople({ table, counts }: CountedTable, detail: TableDetail | undefined): Verdict {
	const isOfPeopleAlone = detail?.versions.some(
		({ text, methods }) => digestOfCounts(text) === counts && methods.every((method) => method === 'people'),
	)
	if (detail === undefined || isOfPeopleAlone) return 'open'
	const read = detail.entries.flatMap(({ standing, isExcluded, peopleText, peopleTable }) => {
		const counted = standing === 'good' && !isExcluded && peopleText !== null
		return counted ? [{ text: peopleText, table: peopleTable }] : []
	})
	if (read.length === 0) return 'open'
	const isMatch = read.every((one) => one.table === table && digestOfCounts(one.text) === counts)
	return isMatch ? 'match' : 'differs'
}

/** Of two verdicts of one table the one that is further from a match; an open one says nothing. */
export function worseOf(one: Verdict, other: Verdict): Verdict {
	const order: readonly Verdict[] = ['open', 'match', 'not-found', 'differs']
	return order.indexOf(one) > order.indexOf(other) ? one : other
}
