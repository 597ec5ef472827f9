/**
 * What one entry says of tables, with what its device and people at stations said of it since
 * (`provisioning/verify/COUNTING.md`, "An entry"). Pure.
 */
import type { Image } from '../evidence/entry.ts'
import type { StationAnswer } from './answers.ts'
import { peopleResult } from './answers.ts'
import type { Method } from './figures.ts'
import type { Reading } from './reading.ts'

/** Who recorded something, as its n-th. */
export interface RecordedBy {
	readonly device: string
	readonly seq: number
	readonly id: string
}

/** By device, then by number: an order that does not depend on what came first. */
export function inOrder(one: RecordedBy, other: RecordedBy): number {
	if (one.device !== other.device) return one.device < other.device ? -1 : 1
	return one.seq - other.seq || (one.id < other.id ? -1 : 1)
}

/** An acta entry, as it was signed. */
export interface ActaEntry {
	readonly by: RecordedBy
	readonly machine: Reading | null
	readonly method: Exclude<Method, 'people'> | 'none'
	/** The table that its code names. */
	readonly table: string | null
	/** Its device read a text that is no acta of this election. */
	readonly isForeign: boolean
	readonly images: readonly Image[]
}

export type Standing = 'good' | 'void' | 'disowned'

export interface EntryFacts {
	readonly entry: ActaEntry
	readonly standing: Standing
	readonly people: Reading | null
	/** The table to which it belongs. */
	readonly belongs: string | null
	/** Of an entry in dispute the stations' readings, else null. */
	readonly disputed: readonly Reading[] | null
	readonly stations: readonly StationAnswer[]
}

export function factsOf(
	entry: ActaEntry,
	standing: Standing,
	stations: readonly StationAnswer[],
): EntryFacts {
	const people = peopleResult(stations, { reading: entry.machine, table: entry.table })
	const belongs = entry.table ?? people.reading?.table ?? people.table
	return { entry, standing, people: people.reading, belongs, disputed: people.disputed, stations }
}

/** Good, and neither a machine nor people read it. */
export function isUnread({ standing, entry, people }: EntryFacts): boolean {
	return standing === 'good' && entry.machine === null && people === null
}

/** The tables of which it says anything. */
export function tablesNamedBy({ belongs, people, disputed }: EntryFacts): Iterable<string> {
	if (people === null && disputed === null) return belongs === null ? [] : [belongs]
	const tables = new Set((disputed ?? []).map(({ table }) => table))
	if (belongs !== null) tables.add(belongs)
	if (people !== null) tables.add(people.table)
	return tables
}
