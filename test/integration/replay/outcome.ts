/** What a tally says beside what the script of a replay has to come to, line by line where they differ. */
import type { ElectionDefinition } from '#src/acta/election.js'
import type { RegisteredTable } from '#src/acta/register/register.js'
import type { ResultRow } from '#src/simulator/figures/results.js'
import { type Bounds, type Sums, tableStates } from '#src/tally/figures.js'
import type { Tally } from '#src/tally/tally.js'
import { type Expected, type Votes, votesOf } from './expected.ts'

/** Differences that are told. */
const mostTold = 20

export function differencesOf(
	expected: Expected,
	{
		tally,
		register,
		election,
	}: {
		readonly tally: Tally
		readonly register: readonly RegisteredTable[]
		readonly election: ElectionDefinition
	},
): string[] {
	const found: string[] = []
	const compare = (what: string, is: unknown, wanted: unknown) => {
		const [one, other] = [JSON.stringify(is), JSON.stringify(wanted)]
		if (one !== other) found.push(`${what}: ${one}, should be ${other}`)
	}
	const figures = tally.figures()
	for (const [table, state] of expected.states) compare(table, tally.stateOf(table), state)
	const single = new Set(tally.singleSourceTables())
	for (const { table } of register) {
		if (expected.states.get(table) !== 'counted') continue
		compare(`${table} confirmed`, !single.has(table), expected.confirmed.has(table))
	}

	for (const state of tableStates) {
		const inState = register.filter(({ table }) => expected.states.get(table) === state)
		const electors = inState.reduce((sum, row) => sum + row.electors, 0)
		compare(state, figures.tables[state], { tables: inState.length, electors })
	}
	compare('confirmed', figures.confirmed.tables, expected.confirmed.size)
	for (const state of tableStates) {
		if (state === 'missing') continue
		const unlisted = [...expected.unlisted].filter((table) => expected.states.get(table) === state)
		compare(`unlisted ${state}`, figures.unlisted[state], unlisted.length)
	}
	compare('unread papers', figures.unreadPapers, expected.unreadPapers)

	const inState = (state: string) =>
		[...expected.versions].flatMap(([table, versions]) =>
			expected.states.get(table) === state ? [{ table, versions }] : [],
		)
	const counted = inState('counted')
	const all = sumsOf(
		counted.map(({ versions }) => versions[0] ?? {}),
		election,
	)
	compare('sums of all', figures.sums.all, all)
	compare(
		'sums of confirmed',
		figures.sums.confirmed,
		sumsOf(
			counted.filter(({ table }) => expected.confirmed.has(table)).map(({ versions }) => versions[0] ?? {}),
			election,
		),
	)
	const bounds = boundsOf(
		all,
		inState('conflict').map(({ versions }) => versions),
	)
	compare('bounds', figures.bounds, bounds)
	return found.length <= mostTold
		? found
		: [...found.slice(0, mostTold), `and ${found.length - mostTold} more`]
}

/** Whether what the register's tables of each state add up to is what the results file says of it. */
export function areResults(tally: Tally, rows: readonly ResultRow[], election: ElectionDefinition): boolean {
	const states = new Map<string, Votes[]>()
	for (const row of rows) {
		const { state } = row.place
		states.set(state, [...(states.get(state) ?? []), votesOf(row)])
	}
	return [...states].every(([state, votes]) => {
		const sums = tally.placeFigures([state])?.sums.all
		return JSON.stringify(sums) === JSON.stringify(sumsOf(votes, election))
	})
}

function sumsOf(all: readonly Votes[], { candidates }: ElectionDefinition): Sums {
	const sum = (name: string) => all.reduce((total, votes) => total + (votes[name] ?? 0), 0)
	return {
		candidates: Object.fromEntries(candidates.map(({ id }) => [id, sum(id)])),
		nullVotes: sum('nullVotes'),
		emptyVotes: sum('emptyVotes'),
	}
}

/** The least and the most of each candidate, when tables in conflict are taken one way or another. */
function boundsOf({ candidates }: Sums, inConflict: readonly (readonly Votes[])[]): Record<string, Bounds> {
	return Object.fromEntries(
		Object.entries(candidates).map(([id, sum]) => {
			const ofEach = inConflict.map((versions) => versions.map((votes) => votes[id] ?? 0))
			const least = ofEach.reduce((total, counts) => total + Math.min(...counts), sum)
			const most = ofEach.reduce((total, counts) => total + Math.max(...counts), sum)
			return [id, { least, most }]
		}),
	)
}
