/**
 * What the board's pages are made of: the tally, with what receipts, statuses and the registry say beside it. Kept as
 * records come; what costs more than a look is worked out when a page asks for it, once a version.
 *
 * INVARIANT: taking in what is new costs what is new, however many tables there are.
 */
import type { ElectionDefinition } from '../acta/election.ts'
import { parsePayload } from '../acta/payload.ts'
import { type Place, pathOf, placeAt } from '../acta/register/places.ts'
import type { RegisteredTable } from '../acta/register/register.ts'
import type { Tile } from '../acta/register/tile-map.ts'
import type { HeardStatus } from '../central/device-statuses.ts'
import type { ReceiptTimes } from '../records/receipt-times.ts'
import type { NationalFigures, PlaceFigures, TableState } from '../tally/figures.ts'
import { figuresDigest } from '../tally/figures-text.ts'
import type { AddedUp } from '../tally/record-tally.ts'
import type { Tally } from '../tally/tally.ts'
import { troublesOf } from './device-troubles.ts'
import { entryView, paperView } from './entry-view.ts'
import { findingsIn } from './findings.ts'
import { FollowedTables } from './followed-tables.ts'
import { type StateTile, stateTiles } from './state-tiles.ts'
import { devicesOf, LazyRow, rowOf } from './table-row.ts'
import type {
	Arrivals,
	BoardView,
	CallCentre,
	DeviceView,
	EntryView,
	PlaceSummary,
	PlaceView,
	RecordFinding,
	RulingView,
	TableRow,
	TableView,
	Unreadable,
} from './view.ts'

/** Devices that a registry knows, and those of them that it revokes. */
export interface ListedDevices {
	readonly ids: Iterable<string>
	readonly revokedLast: ReadonlyMap<string, number>
}

/** What there is at one instant. */
export interface BoardInputs {
	readonly addedUp: AddedUp
	readonly receipts: ReceiptTimes
	/** Entries of which a receipt came since the last time. */
	readonly received: readonly string[]
	/** Entries in the ledger, by device. */
	readonly held: ReadonlyMap<string, number>
	readonly statuses: ReadonlyMap<string, HeardStatus>
	readonly listed: ListedDevices
	readonly nowMs: number
}

export interface BoardModelParts {
	readonly election: ElectionDefinition
	/** None without a map. */
	readonly tiles: readonly Tile[]
}

export class BoardModel implements BoardView {
	readonly election: ElectionDefinition
	readonly #tilesOfMap: readonly Tile[]
	#version: number
	#inputs: BoardInputs
	#followed: FollowedTables
	#known = new Map<string, unknown>()
	#unreadable: readonly Unreadable[] = []

	/** `firstVersion`: higher than any of a run before. */
	constructor({ election, tiles }: BoardModelParts, inputs: BoardInputs, firstVersion: number) {
		this.election = election
		this.#tilesOfMap = tiles
		this.#version = firstVersion
		this.#inputs = inputs
		this.#followed = new FollowedTables(inputs.addedUp.tally)
	}

	/** Takes in what is new. What a page shows of times goes on by itself. */
	async update(inputs: BoardInputs): Promise<void> {
		if (inputs.addedUp.tally !== this.#followed.tally)
			this.#followed = new FollowedTables(inputs.addedUp.tally)
		await this.#followed.look(inputs.receipts, inputs.received)
		this.#inputs = inputs
		this.#known.clear()
		this.#version++
	}

	/** Gives whether that is news. */
	noteUnreadable(unreadable: readonly Unreadable[]): boolean {
		if (unreadable.join() === this.#unreadable.join()) return false
		this.#unreadable = unreadable
		this.#version++
		return true
	}

	/** Time has gone on, and nothing else. */
	tick(nowMs: number): void {
		this.#inputs = { ...this.#inputs, nowMs }
	}

	get version(): number {
		return this.#version
	}

	get unreadable(): readonly Unreadable[] {
		return this.#unreadable
	}

	get nowMs(): number {
		return this.#inputs.nowMs
	}

	get newestMs(): number | null {
		return this.#inputs.receipts.newestMs
	}

	get figures(): NationalFigures {
		return this.#once('figures', () => this.#tally.figures())
	}

	get figuresSha256(): string {
		return this.#once('sha256', () => figuresDigest(this.figures))
	}

	get arrivals(): readonly Arrivals[] {
		return this.#followed.arrivals.byHour(this.nowMs)
	}

	get lastHourTables(): number {
		return this.#followed.arrivals.lastHour(this.nowMs)
	}

	get tiles(): readonly StateTile[] {
		return this.#once('tiles', () => {
			const states = new Map<string, { readonly centro: string }>()
			for (const [name, { tables }] of this.#tally.country?.below ?? []) {
				const [first] = tables
				if (first !== undefined) states.set(name, first)
			}
			return stateTiles(this.#tilesOfMap, states)
		})
	}

	place(names: readonly string[]): PlaceView | null {
		const { country } = this.#tally
		if (country === null) return names.length === 0 ? { ...this.#nation(), within: [], tables: [] } : null
		const place = placeAt(country, names)
		if (place === undefined) return null
		const within = [...place.below.values()]
			.map((below) => this.#summary(below))
			.sort((one, other) => one.name.localeCompare(other.name, 'es'))
		const tables = place.level === 'centro' ? place.tables.map((row) => this.#row(row.table)) : []
		const level = place.level === 'country' ? null : place.level
		return { ...this.#summary(place), names: place.path, level, within, tables }
	}

	table(table: string): TableView | null {
		const detail = this.#tally.table(table)
		if (detail === undefined) return null
		const { decisions, versions, entries } = detail
		return {
			...rowOf(table, this.#tally),
			versions: versions.map(({ text, methods, recordedBy }) => ({
				...this.#votesIn(text),
				methods,
				entries: recordedBy.map(({ id }) => id),
				devices: devicesOf(recordedBy),
			})),
			entries: entries.map((entry) => entryView(entry, this.#inputs.receipts)),
			rulings: decisions.flatMap(({ excludes, counts, isInForce, rulings }) =>
				rulings.map(
					({ id, officer, reason, rests, day }): RulingView => ({
						...{ id, officer, excludes, reason, day, restsOnPaper: rests.includes('paper') },
						standing: isInForce ? 'in-force' : counts ? 'replaced' : 'single',
					}),
				),
			),
			findings: this.findings().filter((finding) => finding.table === table),
		}
	}

	tablesIn(state: TableState): readonly TableRow[] {
		return this.#once(`in ${state}`, () =>
			[...this.#tally.tablesIn(state)].sort().map((table) => this.#row(table)),
		)
	}

	calls(): readonly CallCentre[] {
		return this.#once('calls', () => {
			const centres = new Map<string, { row: RegisteredTable; mesas: string[]; electors: number }>()
			for (const table of this.#tally.tablesIn('missing')) {
				const row = this.#tally.register?.tables.get(table)
				if (row === undefined) continue
				const centre = centres.get(row.centro) ?? { row, mesas: [], electors: 0 }
				centres.set(row.centro, centre)
				centre.mesas.push(row.mesa)
				centre.electors += row.electors
			}
			return [...centres.values()]
				.sort((one, other) => other.electors - one.electors || (one.row.centro < other.row.centro ? -1 : 1))
				.map(({ row, mesas, electors }): CallCentre => {
					const { centro, centroName, state, municipality, parish } = row
					const place = this.#placeOf(row)
					return {
						...{ centro, centroName, state, municipality, parish, mesas: mesas.sort() },
						missing: { tables: mesas.length, electors },
						tables: place?.tables.length ?? mesas.length,
					}
				})
		})
	}

	secondScans(): readonly TableRow[] {
		return this.#once('second scans', () => {
			const electors = (table: string) => this.#tally.register?.tables.get(table)?.electors ?? 0
			return [...this.#tally.singleSourceTables()]
				.sort((one, other) => electors(other) - electors(one) || (one < other ? -1 : 1))
				.map((table) => this.#row(table))
		})
	}

	unreadPapers(): readonly EntryView[] {
		return this.#once('unread papers', () =>
			this.#tally.unreadPapers().map((facts) => paperView(facts, this.#inputs.receipts)),
		)
	}

	devices(): readonly DeviceView[] {
		return this.#once('devices', () => {
			const { listed, statuses, held } = this.#inputs
			const { tables } = this.#followed
			const ids = new Set([...listed.ids, ...held.keys(), ...statuses.keys(), ...tables.ids])
			const papers = new Map<string, number>()
			for (const {
				entry: { by },
			} of this.#tally.unreadPapers())
				papers.set(by.device, (papers.get(by.device) ?? 0) + 1)
			return [...ids].sort().map((id): DeviceView => {
				const heard = statuses.get(id)
				const { status } = heard ?? {}
				return {
					id,
					heardMs: heard === undefined ? null : Date.parse(heard.heard),
					troubles: troublesOf(heard, this.nowMs),
					trouble: status?.kiosk?.trouble ?? null,
					held: held.get(id) ?? 0,
					recorded: status?.recorded ?? null,
					actas: tables.actas(id) + (papers.get(id) ?? 0),
					freeBytes: status?.free ?? null,
					software: status?.software ?? null,
					revokedLast: listed.revokedLast.get(id) ?? null,
					municipalities: tables.municipalities(id),
				}
			})
		})
	}

	contradicting(): ReturnType<BoardView['contradicting']> {
		return this.#once('contradicting', () =>
			this.figures.contradicting.map((one) => {
				// All that it has a part in is looked at again: only for who is shown.
				const sums = () => this.#once(`without ${one.id}`, () => this.#tally.sumsWithout(one.id))
				return {
					...one,
					get sumsWithout() {
						return sums()
					},
				}
			}),
		)
	}

	findings(): readonly RecordFinding[] {
		return this.#once('findings', () => findingsIn(this.#inputs.addedUp, this.#followed.tables))
	}

	get #tally(): Tally {
		return this.#followed.tally
	}

	/** Worked out once a version. */
	#once<T>(name: string, make: () => T): T {
		if (!this.#known.has(name)) this.#known.set(name, make())
		return this.#known.get(name) as T
	}

	#nation(): PlaceSummary & Pick<PlaceView, 'names' | 'level'> {
		return { name: '', label: '', figures: this.figures, names: [], level: null }
	}

	#summary({ name, centroName, path }: Place): PlaceSummary {
		const figures: PlaceFigures | undefined = this.#tally.placeFigures(path)
		return { name, label: centroName, figures: figures ?? this.figures }
	}

	#placeOf(row: RegisteredTable): Place | undefined {
		const { country } = this.#tally
		if (country === null) return undefined
		return placeAt(country, pathOf(row))
	}

	#row(table: string): TableRow {
		return new LazyRow(table, this.#tally)
	}

	#votesIn(text: string): { votes: readonly number[]; nullVotes: number; emptyVotes: number } {
		const read = parsePayload(Buffer.from(text, 'utf8'), this.election)
		if (!read.ok) throw new Error(`a version that is no payload: ${read.fault.code}`)
		const { votes, nullVotes, emptyVotes } = read.value
		return { votes, nullVotes, emptyVotes }
	}
}
