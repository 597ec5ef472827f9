/**
 * `data/tables.csv`: each table's state and, where it is counted, its votes, in one spelling
 * (`provisioning/verify/ARCHIVE.md`, "Figures"). Pure.
 */
import type { ElectionDefinition } from '../acta/election.ts'
import { canonicalLine } from '../acta/register/canonical.ts'
import type { RegisteredTable } from '../acta/register/register.ts'
import type { TableState } from '../tally/figures.ts'
import type { Tally } from '../tally/tally.ts'

/** What the file says of a table. */
export interface PublishedTable {
	readonly table: string
	/** Null for one that is not in the register. */
	readonly row: RegisteredTable | null
	readonly status: TableState
	/** Null where it is not counted. */
	readonly counted: CountedTable | null
	/** Entries that belong to it and that a ruling in force excludes. */
	readonly excluded: number
}

interface CountedTable {
	readonly isConfirmed: boolean
	readonly methods: readonly string[]
	/** With an entry that says its version. */
	readonly devices: number
	/** By candidate in the definition's order, then null and empty votes. */
	readonly votes: readonly number[]
}

/** The first line, with its line feed. */
export function headOfTables({ candidates }: ElectionDefinition): string {
	const line = canonicalLine([
		...['table', 'state', 'municipality', 'parish', 'centroName', 'electors'],
		...['status', 'confirmed', 'methods', 'devices', 'excluded'],
		...candidates.map(({ id }) => id),
		...['null', 'empty'],
	])
	return `${line}\n`
}

function tableLine({ table, row, status, counted, excluded }: PublishedTable, columns: number): string {
	const places = row === null ? ['', '', '', ''] : [row.state, row.municipality, row.parish, row.centroName]
	const ofCounted =
		counted === null
			? ['', '', '']
			: [counted.isConfirmed ? 'yes' : 'no', counted.methods.join(' '), `${counted.devices}`]
	const votes = counted?.votes.map(String) ?? Array.from({ length: columns }, () => '')
	return canonicalLine([
		...[table, ...places, row === null ? '' : `${row.electors}`],
		...[status, ...ofCounted, `${excluded}`, ...votes],
	])
}

/** In the file's order: the register's, then what is not in it by name. */
export function* tablesInOrder(tally: Tally): Generator<string> {
	yield* tally.register?.tables.keys() ?? []
	yield* [...tally.unlistedTables()].sort()
}

/** Undefined for a table that is not in the register, and to which no entry belongs. */
export function publishedTable(tally: Tally, table: string): PublishedTable | undefined {
	const status = tally.stateOf(table)
	if (status === undefined) return undefined
	const row = tally.register?.tables.get(table) ?? null
	// Most tables of a morning: nothing is known of them.
	if (status === 'missing') return { table, row, status, counted: null, excluded: 0 }
	const detail = tally.table(table)
	if (detail === undefined) return undefined
	const excluded = detail.entries.filter(({ isOwn, isExcluded }) => isOwn && isExcluded).length
	const [version] = detail.versions
	if (status !== 'counted' || version === undefined) return { table, row, status, counted: null, excluded }
	const { candidates, nullVotes, emptyVotes } = version.votes
	const votes = tally.election.candidates.map(({ id }) => candidates[id] ?? 0).concat(nullVotes, emptyVotes)
	const devices = new Set(version.recordedBy.map(({ device }) => device)).size
	const counted = { isConfirmed: version.isConfirmed, methods: version.methods, devices, votes }
	return { table, row, status, counted, excluded }
}

/** With its line feed; empty for a table that is undefined as above. */
export function lineOfTable(tally: Tally, table: string): string {
	const published = publishedTable(tally, table)
	return published === undefined ? '' : `${tableLine(published, tally.election.candidates.length + 2)}\n`
}

/** The whole file, a line at a time with its line feed. */
export function* tablesFile(tally: Tally): Generator<string> {
	yield headOfTables(tally.election)
	for (const table of tablesInOrder(tally)) yield lineOfTable(tally, table)
}
