/**
 * A tally for spreadsheets: RFC 4180, one line a place. The columns are a promise to who reads them by name: more may come
 * at the end, none goes or changes what it means.
 */
import type { ElectionDefinition } from '../acta/election.ts'
import { levels } from '../acta/register/register.ts'
import { spreadsheetCell } from '../platform/csv.ts'
import { type Sums, tableStates } from '../tally/figures.ts'
import { leadOf, uncounted } from '../tally/lead.ts'
import type { PlaceRow } from './tally-places.ts'

type Cell = string | number

export function csvOf(rows: readonly PlaceRow[], election: ElectionDefinition): string[] {
	return [columnsOf(election), ...rows.map((row) => cellsOf(row, election))].map(lineOf)
}

function columnsOf({ candidates }: ElectionDefinition): string[] {
	const ids = candidates.map(({ id }) => id)
	const each = (what: string) => ids.map((id) => `${what}${id}`)
	const ofSums = (what: string) => [...each(what), `${what}nullVotes`, `${what}emptyVotes`]
	return [
		...['level', ...levels, 'centroName', 'mesa', 'listed', 'tableState', 'methods'],
		...['tables', 'electors'],
		...tableStates.flatMap((state) => [`${state} tables`, `${state} electors`]),
		...['confirmed tables', 'confirmed electors', 'uncounted electors', 'lead'],
		...ofSums('votes '),
		...ofSums('confirmed '),
		...ofSums('without rulings '),
		...ids.flatMap((id) => [`least ${id}`, `most ${id}`]),
	]
}

function cellsOf(row: PlaceRow, { candidates }: ElectionDefinition): Cell[] {
	const { figures, table } = row
	const { extent, tables, confirmed, sums, bounds } = figures
	const [centro = '', mesa = ''] = table?.table.split('.') ?? []
	const ofSums = ({ candidates: votes, nullVotes, emptyVotes }: Sums) => [
		...candidates.map(({ id }) => votes[id] ?? 0),
		...[nullVotes, emptyVotes],
	]
	const names = levels.map((level, depth) => row.path[depth] ?? (level === 'centro' ? centro : ''))
	return [
		...[row.level, ...names, row.centroName, mesa, row.isListed ? 'yes' : 'no'],
		...[table?.state ?? '', table?.methods.join(' ') ?? ''],
		...[extent.tables, extent.electors],
		...tableStates.flatMap((state) => [tables[state].tables, tables[state].electors]),
		...[confirmed.tables, confirmed.electors, uncounted(figures).electors, leadOf(figures)?.votes ?? 0],
		...ofSums(sums.all),
		...ofSums(sums.confirmed),
		...ofSums(sums.withoutRulings),
		...candidates.flatMap(({ id }) => [bounds[id]?.least ?? 0, bounds[id]?.most ?? 0]),
	]
}

function lineOf(cells: readonly Cell[]): string {
	return cells.map(spreadsheetCell).join(',')
}
