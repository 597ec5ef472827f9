/** One table with all that is known of it, for people. Pure; in an order that does not depend on when what came. */
import type { ElectionDefinition } from '../acta/election.ts'
import type { Implausibility } from '../acta/plausibility.ts'
import type { RegisteredTable } from '../acta/register/register.ts'
import type { StationAnswer } from './answers.ts'
import type { Decision } from './decisions.ts'
import { type ActaEntry, type EntryFacts, inOrder, type RecordedBy, type Standing } from './entry-facts.ts'
import type { Method, Sums, TableState } from './figures.ts'
import { sumsOf } from './place-sums.ts'
import type { Reading } from './reading.ts'
import { isConfirmed, outcomeOf } from './table-outcome.ts'

export interface TableDetail {
	readonly table: string
	/** Null for a table that is not in the register. */
	readonly row: RegisteredTable | null
	readonly state: TableState
	readonly isConfirmed: boolean
	readonly versions: readonly TableVersion[]
	/** Readings by which it is named in dispute; they are no versions. */
	readonly namedInDispute: readonly { readonly text: string; readonly votes: Sums; readonly by: RecordedBy }[]
	/** All entries that say something of it. */
	readonly entries: readonly TableEntry[]
	readonly decisions: readonly Decision[]
}

/** One version of a table's result, and every entry that says it. */
interface TableVersion {
	readonly text: string
	readonly votes: Sums
	/** `qr`, `ocr`, `people`, as far as they apply. */
	readonly methods: readonly Method[]
	readonly isConfirmed: boolean
	readonly recordedBy: readonly RecordedBy[]
	readonly findings: readonly Implausibility[]
}

export interface TableEntry {
	readonly by: RecordedBy
	readonly standing: Standing
	/** A ruling in force says that it does not count for this table. */
	readonly isExcluded: boolean
	/** It belongs to this table; else it names it in dispute. */
	readonly isOwn: boolean
	readonly method: ActaEntry['method']
	/** That its machine's code names. */
	readonly table: string | null
	readonly machineText: string | null
	readonly peopleText: string | null
	/** That people's reading names. */
	readonly peopleTable: string | null
	readonly isInDispute: boolean
	readonly images: ActaEntry['images']
	readonly stations: readonly StationAnswer[]
}

export interface TableParts {
	readonly table: string
	readonly row: RegisteredTable | null
	readonly facts: readonly EntryFacts[]
	readonly excluded: ReadonlySet<string> | undefined
	readonly decisions: readonly Decision[]
	readonly election: ElectionDefinition
}

const methodsInOrder: readonly Method[] = ['qr', 'ocr', 'people']

export function tableDetail(parts: TableParts): TableDetail {
	const { table, row, excluded, decisions, election } = parts
	const facts = parts.facts.toSorted((one, other) => inOrder(one.entry.by, other.entry.by))
	const outcome = outcomeOf(table, facts, excluded)
	const sums = (reading: Reading) => sumsOf(election, reading.votes)
	const versions = outcome.versions.map(
		(version): TableVersion => ({
			text: version.reading.text,
			votes: sums(version.reading),
			methods: methodsInOrder.filter((method) => version.methods.has(method)),
			isConfirmed: isConfirmed(version),
			recordedBy: version.recordedBy,
			findings: version.reading.findings,
		}),
	)
	return {
		table,
		row,
		state: outcome.state,
		isConfirmed: outcome.isConfirmed,
		versions: versions.sort((one, other) => (one.text < other.text ? -1 : 1)),
		namedInDispute: outcome.named.map(({ reading, by }) => ({
			...{ text: reading.text, votes: sums(reading), by },
		})),
		entries: facts.map((one) => entryOf(one, table, excluded)),
		decisions,
	}
}

function entryOf(
	{ entry, standing, belongs, people, disputed, stations }: EntryFacts,
	table: string,
	excluded: ReadonlySet<string> | undefined,
): TableEntry {
	return {
		by: entry.by,
		standing,
		isExcluded: excluded?.has(entry.by.id) === true,
		isOwn: belongs === table,
		method: entry.method,
		table: entry.table,
		machineText: entry.machine?.text ?? null,
		peopleText: people?.text ?? null,
		peopleTable: people?.table ?? null,
		isInDispute: disputed !== null,
		images: entry.images,
		stations,
	}
}
