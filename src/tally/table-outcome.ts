/**
 * What the entries that say something of a table come to (`provisioning/verify/COUNTING.md`, "A table's readings" and
 * "States"). Pure; the order of the entries changes nothing.
 */
import { type EntryFacts, isUnread, type RecordedBy } from './entry-facts.ts'
import type { Method, TableState } from './figures.ts'
import type { Reading } from './reading.ts'

/** Entries that say the same of a table. */
export interface AgreedVersion {
	/** One of them, where texts differ in the rest of the acta code. */
	readonly reading: Reading
	/** Each entry once, in the order in which they were looked at. */
	readonly recordedBy: readonly RecordedBy[]
	readonly methods: ReadonlySet<Method>
	/** One entry's machine reading and its people's reading both say it. */
	readonly isReadTwice: boolean
}

interface NamingReading {
	readonly reading: Reading
	readonly by: RecordedBy
}

export interface TableOutcome {
	readonly state: TableState
	readonly isConfirmed: boolean
	readonly versions: readonly AgreedVersion[]
	/** The readings by which it is named in dispute; they are no versions. */
	readonly named: readonly NamingReading[]
	/** An entry belongs to it. */
	readonly isNamedByEntry: boolean
}

interface OpenVersion extends AgreedVersion {
	readonly recordedBy: RecordedBy[]
	readonly methods: Set<Method>
	isReadTwice: boolean
}

/** `excluded`: ids of the entries that rulings in force exclude for this table. */
export function outcomeOf(
	table: string,
	facts: Iterable<EntryFacts>,
	excluded: ReadonlySet<string> | undefined,
): TableOutcome {
	const seen = new SeenAtTable(table)
	for (const one of facts) {
		if (excluded?.has(one.entry.by.id) === true) seen.exclude(one)
		else seen.take(one)
	}
	return seen.outcome()
}

class SeenAtTable {
	readonly #table: string
	readonly #versions = new Map<string, OpenVersion>()
	readonly #named: NamingReading[] = []
	#isNamed = false
	#isContradicted = false
	#isUnread = false
	#isDisowned = false
	#isVoid = false
	#isNamedByEntry = false

	constructor(table: string) {
		this.#table = table
	}

	exclude({ belongs }: EntryFacts): void {
		if (belongs !== this.#table) return
		this.#isNamedByEntry = true
		this.#isVoid = true
	}

	take(facts: EntryFacts): void {
		const { entry, people, belongs, disputed } = facts
		const table = this.#table
		const isOwn = belongs === table
		if (isOwn) this.#isNamedByEntry = true
		if (facts.standing !== 'good') {
			if (isOwn && facts.standing === 'disowned') this.#isDisowned = true
			if (isOwn && facts.standing === 'void') this.#isVoid = true
			return
		}
		const { machine, by, method } = entry
		if (machine?.table === table && method !== 'none') {
			const version = this.#add(machine, by, method)
			if (people !== null && people.table !== table) this.#isContradicted = true
			else if (people !== null && this.#add(people, by, 'people') === version) version.isReadTwice = true
		} else if (people?.table === table) {
			if (machine === null) this.#add(people, by, 'people')
			else this.#name(people, by)
		}
		if (disputed !== null) {
			if (entry.table === table) this.#isNamed = true
			for (const reading of disputed) if (reading.table === table) this.#name(reading, by)
		}
		if (isOwn && isUnread(facts)) this.#isUnread = true
	}

	outcome(): TableOutcome {
		const versions = [...this.#versions.values()]
		const state = this.#state()
		return {
			state,
			isConfirmed: state === 'counted' && versions.some(isConfirmed),
			versions,
			named: this.#named,
			isNamedByEntry: this.#isNamedByEntry,
		}
	}

	#state(): TableState {
		if (this.#versions.size > 1 || this.#isContradicted) return 'conflict'
		if (this.#versions.size === 1) return 'counted'
		const rest = this.#stateUndisputed()
		return this.#isNamed && (rest === 'unread' || rest === 'missing') ? 'conflict' : rest
	}

	#stateUndisputed(): TableState {
		if (this.#isUnread) return 'unread'
		if (this.#isDisowned) return 'quarantine'
		return this.#isVoid ? 'void' : 'missing'
	}

	#add(reading: Reading, by: RecordedBy, method: Method): OpenVersion {
		let version = this.#versions.get(reading.said)
		if (version === undefined) {
			version = { reading, recordedBy: [], methods: new Set(), isReadTwice: false }
			this.#versions.set(reading.said, version)
		}
		if (version.recordedBy.at(-1) !== by) version.recordedBy.push(by)
		version.methods.add(method)
		return version
	}

	#name(reading: Reading, by: RecordedBy): void {
		this.#isNamed = true
		this.#named.push({ reading, by })
	}
}

export function isConfirmed({ recordedBy, isReadTwice }: AgreedVersion): boolean {
	return isReadTwice || recordedBy.some(({ device }) => device !== recordedBy[0]?.device)
}
