/**
 * The tables of a tally, by state, and what they add up to in each place. One that something new was said of is marked,
 * and looked at again by `settle`; its share is taken out of the sums of its places, and its new one added.
 */
import type { ElectionDefinition } from '../acta/election.ts'
import { type Place, pathOf, placeAt, placesOf } from '../acta/register/places.ts'
import type { Register, RegisteredTable } from '../acta/register/register.ts'
import { type Contradictions, type Sharing, sharingAt } from './contradictions.ts'
import { type EntryFacts, tablesNamedBy } from './entry-facts.ts'
import type { TableState } from './figures.ts'
import { PlaceSums } from './place-sums.ts'
import { outcomeOf } from './table-outcome.ts'
import { shareOf, type TableShare } from './table-share.ts'

export interface HeldTable {
	readonly table: string
	/** Undefined for one that is not in the register. */
	readonly row: RegisteredTable | undefined
	/** Of the entries that say something of it, by their ids. */
	readonly facts: ReadonlyMap<string, EntryFacts>
	/** Null until something was said of it, and where it is not in the register and no entry belongs to it. */
	readonly share: TableShare | null
}

interface OpenTable extends HeldTable {
	readonly facts: Map<string, EntryFacts>
	share: TableShare | null
	sharing: Sharing | null
}

/** A path of names, from the state down; the empty one is everywhere. */
export type PlacePath = readonly string[]

export class HeldTables {
	/** The whole register as a tree; null without one. */
	readonly country: Place | null
	/** Of the register, and of the tables outside it. */
	readonly national: PlaceSums
	readonly #election: ElectionDefinition
	readonly #register: Register | null
	readonly #contradictions: Contradictions
	readonly #tables = new Map<string, OpenTable>()
	readonly #stale = new Set<OpenTable>()
	readonly #byState = new Map<TableState, Set<OpenTable>>()
	readonly #unlisted = new Map<TableState, number>()
	readonly #withFindings = new Set<OpenTable>()
	/** Of the places of which something came. */
	readonly #sums = new Map<Place, PlaceSums>()

	constructor(election: ElectionDefinition, register: Register | null, contradictions: Contradictions) {
		this.#election = election
		this.#register = register
		this.#contradictions = contradictions
		this.country = register === null ? null : placesOf(register)
		const extent = { tables: register?.tables.size ?? 0, electors: register?.electors ?? 0 }
		this.national = new PlaceSums(election, extent)
		if (this.country !== null) this.#sums.set(this.country, this.national)
	}

	/** An entry says something else than before, null for nothing. */
	note(before: EntryFacts | null, now: EntryFacts): void {
		const { id } = now.entry.by
		for (const table of before === null ? [] : tablesNamedBy(before)) this.#marked(table).facts.delete(id)
		for (const table of tablesNamedBy(now)) this.#marked(table).facts.set(id, now)
	}

	/** Other entries than before are excluded for a table. */
	mark(table: string): void {
		this.#marked(table)
	}

	/** After each step. `excludedFor`: entries that do not count for a table; `changed` gets each that was marked. */
	*settling(
		excludedFor: (table: string) => ReadonlySet<string> | undefined,
		changed: (table: string) => void,
	): Generator<void> {
		for (const held of this.#stale) {
			this.#settle(held, excludedFor(held.table))
			changed(held.table)
			this.#stale.delete(held)
			yield
		}
	}

	get(table: string): HeldTable | undefined {
		return this.#tables.get(table)
	}

	/** Undefined for a table that is not in the register, and to which no entry belongs. */
	stateOf(table: string): TableState | undefined {
		return (
			this.#tables.get(table)?.share?.state ?? (this.#register?.tables.has(table) ? 'missing' : undefined)
		)
	}

	sumsOf(path: PlacePath): PlaceSums | undefined {
		const place = this.country === null ? undefined : placeAt(this.country, path)
		return place === undefined ? undefined : (this.#sums.get(place) ?? this.#untouched(place))
	}

	/** Of a table alone. */
	sumsOfTable(table: string): PlaceSums | undefined {
		const row = this.#register?.tables.get(table)
		const share = this.#tables.get(table)?.share ?? (row === undefined ? undefined : missing)
		if (share === undefined) return undefined
		const sums = new PlaceSums(this.#election, { tables: 0, electors: 0 })
		if (row !== undefined) sums.noteExtent(share, row.electors, 1)
		sums.noteVotes(share, 1)
		return sums
	}

	/** In no order. */
	*inState(state: TableState, within: PlacePath): Generator<string> {
		if (state === 'missing') {
			const place = this.country === null ? undefined : placeAt(this.country, within)
			for (const { table } of place?.tables ?? []) if (this.stateOf(table) === 'missing') yield table
			return
		}
		for (const { table, row } of this.#byState.get(state) ?? []) if (liesIn(row, within)) yield table
	}

	*singleSource(within: PlacePath): Generator<string> {
		for (const { table, row, share } of this.#byState.get('counted') ?? []) {
			if (share?.isConfirmed === false && liesIn(row, within)) yield table
		}
	}

	*unlisted(): Generator<string> {
		for (const tables of this.#byState.values()) {
			for (const { table, row } of tables) if (row === undefined) yield table
		}
	}

	unlistedIn(state: TableState): number {
		return this.#unlisted.get(state) ?? 0
	}

	*withFindings(): Generator<string> {
		for (const { table } of this.#withFindings) yield table
	}

	#marked(table: string): OpenTable {
		let held = this.#tables.get(table)
		if (held === undefined) {
			const row = this.#register?.tables.get(table)
			held = { table, row, facts: new Map(), share: null, sharing: null }
			this.#tables.set(table, held)
		}
		this.#stale.add(held)
		return held
	}

	#settle(held: OpenTable, excluded: ReadonlySet<string> | undefined): void {
		const { table, row, facts } = held
		const outcome = outcomeOf(table, facts.values(), excluded)
		const withoutRulings = excluded === undefined ? outcome : outcomeOf(table, facts.values(), undefined)
		const isTable = row !== undefined || outcome.isNamedByEntry
		this.#noteShare(held, -1)
		held.share = isTable ? shareOf(outcome, withoutRulings) : null
		this.#noteShare(held, 1)
		this.#contradictions.remove(held.sharing)
		held.sharing = sharingAt(table, facts.values())
		this.#contradictions.add(held.sharing)
		const hasFindings = outcome.versions.some(({ reading }) => reading.findings.length > 0)
		if (hasFindings) this.#withFindings.add(held)
		else this.#withFindings.delete(held)
	}

	#noteShare(held: OpenTable, sign: 1 | -1): void {
		const { row } = held
		// A table of the register of which nothing was said is missing: its places began with it so.
		const share = held.share ?? (row === undefined ? null : missing)
		if (share === null) return
		if (row === undefined) {
			this.#unlisted.set(share.state, this.unlistedIn(share.state) + sign)
			this.national.noteVotes(share, sign)
		} else {
			for (const sums of this.#sumsAround(row)) {
				sums.noteExtent(share, row.electors, sign)
				sums.noteVotes(share, sign)
			}
		}
		if (share.state === 'missing') return
		const others = this.#byState.get(share.state) ?? new Set()
		this.#byState.set(share.state, others)
		if (sign > 0) others.add(held)
		else others.delete(held)
	}

	/** Of the country, and of the places down to the table's centre. */
	*#sumsAround(row: RegisteredTable): Generator<PlaceSums> {
		yield this.national
		let place = this.country ?? undefined
		for (const name of pathOf(row)) {
			place = place?.below.get(name)
			if (place === undefined) return
			let sums = this.#sums.get(place)
			if (sums === undefined) {
				sums = this.#untouched(place)
				this.#sums.set(place, sums)
			}
			yield sums
		}
	}

	/** Of a place of which nothing came. */
	#untouched({ tables, electors }: Place): PlaceSums {
		return new PlaceSums(this.#election, { tables: tables.length, electors })
	}
}

const missing: TableShare = {
	state: 'missing',
	isConfirmed: false,
	counted: null,
	countedWithoutRulings: null,
	bounds: null,
}

function liesIn(row: RegisteredTable | undefined, path: PlacePath): boolean {
	const own = row === undefined ? [] : pathOf(row)
	return path.every((name, depth) => own[depth] === name)
}
