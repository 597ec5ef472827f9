/** A tally for a person at a terminal: every figure beside its denominators. */
import type { ElectionDefinition } from '../acta/election.ts'
import type { RecordedBy } from '../tally/entry-facts.ts'
import { type Extent, type NationalFigures, type PlaceFigures, tableStates } from '../tally/figures.ts'
import { leadOf, uncounted } from '../tally/lead.ts'
import type { TallySummary } from '../tally/summary.ts'
import type { Tally } from '../tally/tally.ts'
import type { PlaceRow } from './tally-places.ts'

/** Of the country or of one place: sums, what they are of, and what they could become. */
export function figureLines(name: string, figures: PlaceFigures, election: ElectionDefinition): string[] {
	const { tables, extent, confirmed, sums, bounds } = figures
	const width = Math.max(...election.candidates.map((candidate) => candidate.name.length))
	const votes = (count: number | undefined) => String(count ?? 0).padStart(10)
	const isRuled = JSON.stringify(sums.all) !== JSON.stringify(sums.withoutRulings)
	const heads = ['votes', 'confirmed', 'least', 'most', ...(isRuled ? ['no rulings'] : [])]
	return [
		`${name}: ${share(tables.counted, extent)} counted, of these ${of(confirmed)} confirmed`,
		`  ${''.padEnd(width)} ${heads.map((head) => head.padStart(10)).join('')}`,
		...election.candidates.map(({ id, name: candidate }) => {
			const { least, most } = bounds[id] ?? {}
			const ruled = isRuled ? [sums.withoutRulings.candidates[id]] : []
			const row = [sums.all.candidates[id], sums.confirmed.candidates[id], least, most, ...ruled]
			return `  ${candidate.padEnd(width)} ${row.map(votes).join('')}`
		}),
		`  ${sums.all.nullVotes} null, ${sums.all.emptyVotes} empty`,
		...tableStates
			.filter((state) => state !== 'counted')
			.map((state) => `  ${state.padEnd(10)} ${share(tables[state], extent)}`),
		leadLine(figures, election),
	]
}

/** Whether what is not counted could change the order. */
function leadLine(figures: PlaceFigures, { candidates }: ElectionDefinition): string {
	const lead = leadOf(figures)
	if (lead === null) return '  nobody leads: not one vote is counted'
	const nameOf = (id: string | null) => candidates.find((one) => one.id === id)?.name ?? 'nobody'
	const [first, second] = [nameOf(lead.first), nameOf(lead.second)]
	const stands =
		lead.votes === 0
			? `  ${first} and ${second} have as many votes as each other`
			: `  ${first} before ${second} by ${lead.votes} votes`
	const { extent } = figures
	if (extent.tables === 0) return `${stands}; without a register nobody knows how many are missing`
	const { electors, unlisted } = uncounted(figures)
	const outside = unlisted === 0 ? '' : `, ${unlisted} more outside the register nobody knows how many`
	const could = lead.couldChange ? 'could change the order' : 'could not change the order'
	return `${stands}; the tables not counted have ${electors} electors${outside}: they ${could}`
}

/** What stands beside the national figures: what is in no register, and who contradicts whom. */
export function nationalLines(tally: Tally, figures: NationalFigures): string[] {
	const { unlisted, unreadPapers, contradicting, rulings } = figures
	const outside = Object.values(unlisted).reduce((sum, count) => sum + count, 0)
	const states = Object.entries(unlisted).map(([state, count]) => `${count} ${state}`)
	return [
		...(outside > 0
			? [`Outside the register ${outside} tables, in the national sums: ${states.join(', ')}`]
			: []),
		...(unreadPapers > 0
			? [`Papers of which nobody knows the table: ${unreadPapers}; each may belong to any missing table`]
			: []),
		...(rulings.counted + rulings.single > 0
			? [
					`Rulings: ${rulings.counted} count, ${rulings.inForce} of them in force; ${rulings.single} by one officer only, which change nothing`,
				]
			: []),
		...contradicting.flatMap(({ id, shared, differs }) => {
			const without = Object.entries(tally.sumsWithout(id).candidates).map(
				([one, votes]) => `${one} ${votes}`,
			)
			return [
				`CONTRADICTS OTHERS: ${id} differs on ${differs} of ${shared} that it shares; whom it contradicts differs too`,
				`  without it: ${without.join(', ')}`,
			]
		}),
	]
}

/** Entries and tables one by one, as far as a person has to do something about them. */
export function caseLines(summary: TallySummary): string[] {
	const { conflicts, unread, foreign, quarantined, voided, countedAgain } = summary
	return [
		`In conflict, not counted: ${conflicts.length} tables`,
		...conflicts.flatMap(({ table, versions }) => [
			`  ${table}`,
			...versions.map(({ text, recordedBy }) => `    ${text}  by ${recordedBy.map(who).join(', ')}`),
		]),
		`Waiting for people to read the image: ${unread.length}`,
		...unread.map((by) => `  ${who(by)}`),
		`Of no acta of this election: ${foreign.length}; marked as mistakes by their device: ${voided}`,
		...(quarantined.length > 0
			? [`IN QUARANTINE, not counted, by devices that are revoked: ${quarantined.length}`]
			: []),
		...quarantined.map((by) => `  ${who(by)}`),
		...(countedAgain.length > 0
			? [
					`COUNTED AGAIN, since what marked them as mistakes came after the device's last good entry: ${countedAgain.length}`,
				]
			: []),
		...countedAgain.map(
			({ table, by, voidedBy }) => `  ${table ?? 'no table'}  ${who(by)}, marked by its entry ${voidedBy}`,
		),
	]
}

/** A line a place, with its denominators. */
export function rowLines(rows: readonly PlaceRow[], { candidates }: ElectionDefinition): string[] {
	const heads = [
		'',
		'counted',
		'of tables',
		'electors',
		'of',
		...tableStates.filter((one) => one !== 'counted'),
	]
	const cells = rows.map(({ path, level, table, figures }) => {
		const { tables, extent, sums } = figures
		const lead = leadOf(figures)
		return [
			table?.table ?? path.at(-1) ?? level,
			...[tables.counted.tables, extent.tables, tables.counted.electors, extent.electors],
			...tableStates.filter((one) => one !== 'counted').map((state) => tables[state].tables),
			...candidates.map(({ id }) => sums.all.candidates[id] ?? 0),
			...[sums.all.nullVotes, sums.all.emptyVotes],
			...[lead?.votes ?? 0, uncounted(figures).electors],
		].map(String)
	})
	const more = [...candidates.map(({ id }) => id), 'null', 'empty', 'lead', 'electors not counted']
	const all = [[...heads, ...more], ...cells]
	const widths =
		all[0]?.map((_, column) => all.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0)) ??
		[]
	return all.map((row) =>
		row
			.map((cell, column) =>
				column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
			)
			.join('  '),
	)
}

function share(part: Extent, whole: Extent): string {
	return `${part.tables} of ${whole.tables} tables (${part.electors} of ${whole.electors} electors)`
}

function of({ tables, electors }: Extent): string {
	return `${tables} tables (${electors} electors)`
}

function who({ device, seq }: RecordedBy): string {
	return `${device} entry ${seq}`
}
