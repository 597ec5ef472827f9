/** A view as the board's model gives it, of invented tables: what pages are tested with. */
import { readFileSync } from 'node:fs'
import { presidential2024 as election } from '#src/acta/presidential-2024.js'
import { parseTileMap } from '#src/acta/register/tile-map.js'
import { stateTiles } from '#src/board/state-tiles.js'
import type {
	BoardView,
	DeviceView,
	EntryView,
	PlaceSummary,
	RecordFinding,
	TableRow,
	TableView,
	Version,
} from '#src/board/view.js'
import {
	type Extent,
	type PlaceFigures,
	type Sums,
	type TableState,
	tableStates,
} from '#src/tally/figures.js'

interface Table extends TableRow {
	readonly registered: NonNullable<TableRow['registered']>
	readonly versions: readonly Version[]
}

export interface Sample {
	readonly tables: number
	/** How a table stands, by its number. */
	readonly stateOf: (index: number) => TableState
	readonly devices?: number
	/** Stands wherever a text of others does. */
	readonly text?: string
}

const nowMs = Date.UTC(2024, 6, 30, 22, 0)
const levels = ['state', 'municipality', 'parish', 'centro'] as const

export function sampleView({ tables: count, stateOf, devices: deviceCount = 12, text }: Sample): BoardView {
	const map = parseTileMap(readFileSync('src/acta/presidential-2024-tiles.csv'))
	if (!map.ok) throw new Error(map.fault.detail)
	const tiles = [...map.value].sort((one, other) => one.code.localeCompare(other.code))
	const deviceId = (index: number) => `k-${String(index).padStart(4, '0')}abcdefghjk`
	const rows = Array.from({ length: count }, (_, index): Table => {
		const state = index % tiles.length
		const centre = Math.floor(index / tiles.length / 3)
		const centro = `${tiles[state]?.code ?? ''}${String(centre).padStart(7, '0')}`
		const mesa = String((Math.floor(index / tiles.length) % 3) + 1).padStart(2, '0')
		const stands = stateOf(index)
		const votes = election.cards.map(({ candidate }, card) =>
			candidate === 'EG' ? 80 + (index % 50) : candidate === 'NM' ? (card < 2 ? 40 : 3) : (index + card) % 3,
		)
		const version = (extra: number, device: number): Version => ({
			methods: ['qr'],
			votes: votes.map((value, card) => (card === 0 ? value + extra : value)),
			nullVotes: 3,
			emptyVotes: 0,
			entries: [`entry-${index}-${device}`],
			devices: [deviceId((index + device) % deviceCount)],
		})
		const confirmed = stands === 'counted' && index % 3 > 0
		const versions =
			stands === 'counted' ? [version(0, 0)] : stands === 'conflict' ? [version(0, 0), version(25, 1)] : []
		return {
			table: `${centro}.${mesa}`,
			centro,
			mesa,
			registered: {
				state: text ?? tiles[state]?.name ?? '',
				municipality: text ?? `Municipio ${(centre % 7) + 1}`,
				parish: text ?? `Parroquia ${(centre % 3) + 1}`,
				centroName: text ?? `Escuela del Río ${centre + 1}`,
				electors: 400 + ((index * 37) % 500),
			},
			state: stands,
			confirmed,
			methods: versions.flatMap(({ methods }) => methods),
			devices: stands === 'missing' ? [] : [deviceId(index % deviceCount)],
			versions,
		}
	})
	const isMany = count > 100 && rows.some(({ state }) => state !== 'missing')
	const figures = {
		...placeFigures(rows),
		election: election.id,
		register: { ...extentOf(rows), sha256: 'ab'.repeat(32) },
		unlisted: { unread: 0, counted: isMany ? 2 : 0, conflict: 0, quarantine: 0, void: 0 },
		unreadPapers: isMany ? 4 : 0,
		contradicting: isMany ? [{ id: deviceId(1), shared: 900, differs: 700 }] : [],
		rulings: { counted: 0, inForce: 0, single: 0 },
	}
	const entry = (id: string, table: Table): EntryView => ({
		id,
		device: table.devices[0] ?? '',
		seq: 57,
		receivedMs: nowMs - 3_600_000,
		standing: 'good',
		method: table.state === 'unread' ? 'none' : 'qr',
		table: table.table,
		images: [{ sha256: 'cd'.repeat(32), role: 'public', isShown: false }],
		answers:
			table.state === 'unread' ? [{ station: 's-0001abcdefghjk', table: null, unreadable: 'blurred' }] : [],
	})
	const findings: readonly RecordFinding[] = rows
		.filter(({ state }, index) => state === 'counted' && index % 97 === 0)
		.map(({ table }) => ({
			code: 'everybody-voted',
			detail: text ?? 'all 400 electors voted',
			table,
			device: deviceId(0),
		}))
	const arrived = rows.some(({ state }) => state !== 'missing')
	return {
		version: 1,
		election: { ...election, title: text ?? election.title },
		nowMs,
		newestMs: arrived ? nowMs - 7000 : null,
		figures,
		figuresSha256: '3f2a91c4d0e5b6a7'.repeat(4),
		arrivals: arrived
			? Array.from({ length: 24 }, (_, hour) => ({
					fromMs: nowMs - (23 - hour) * 3_600_000,
					tables: Math.round((count / 24) * Math.sin(hour / 8) ** 2),
				}))
			: [],
		lastHourTables: arrived ? Math.ceil(count / 50) : 0,
		tiles: stateTiles(tiles, new Map(rows.map(({ registered, centro }) => [registered.state, { centro }]))),
		place(names) {
			const own = rows.filter(({ registered, centro }) =>
				names.every((name, at) => ({ ...registered, centro })[levels[at] ?? 'centro'] === name),
			)
			if (own.length === 0 && names.length > 0) return null
			const level = levels[names.length - 1] ?? null
			const next = levels[names.length]
			return {
				...summary(names.at(-1) ?? '', level, own),
				names,
				level,
				within: next === undefined ? [] : within(own, next),
				tables: level === 'centro' ? own : [],
			}
		},
		table(table): TableView | null {
			const row = rows.find((one) => one.table === table)
			if (row === undefined) return null
			const entries = row.versions.flatMap((version) => version.entries)
			const ids = entries.length > 0 || row.state === 'missing' ? entries : [`entry-of-${table}`]
			return {
				...row,
				entries: ids.map((id) => entry(id, row)),
				rulings:
					row.state === 'conflict'
						? [
								{
									id: 'ruling-1',
									officer: 'o-0001abcdefghjk',
									excludes: ['entry-1'],
									reason: 'misread',
									restsOnPaper: true,
									standing: 'single',
									day: '2024-07-30',
								},
							]
						: [],
				findings: findings.filter((one) => one.table === table),
			}
		},
		tablesIn: (state) => rows.filter((row) => row.state === state),
		calls: () => {
			const missing = grouped(
				rows.filter(({ state }) => state === 'missing'),
				({ centro }) => centro,
			)
			return [...missing.values()]
				.flatMap((own) => {
					const [first] = own
					if (first === undefined) return []
					return [
						{
							...first.registered,
							centro: first.centro,
							missing: extentOf(own),
							tables: rows.filter(({ centro }) => centro === first.centro).length,
							mesas: own.map(({ mesa }) => mesa),
						},
					]
				})
				.sort((one, other) => other.missing.electors - one.missing.electors)
		},
		secondScans: () => rows.filter(({ state, confirmed }) => state === 'counted' && !confirmed),
		unreadPapers: () =>
			rows
				.slice(0, figures.unreadPapers)
				.map((row, index) => ({ ...entry(`paper-${index}`, row), table: null, method: 'none' })),
		devices: () =>
			Array.from({ length: arrived ? deviceCount : 0 }, (_, index) => device(deviceId(index), index, text)),
		contradicting: () =>
			figures.contradicting.map((one) => ({ ...one, sumsWithout: figures.sums.confirmed })),
		findings: () => findings,
		unreadable: [],
	}
}

function device(id: string, index: number, text: string | undefined): DeviceView {
	return {
		id,
		heardMs: index === 3 ? null : nowMs - (index % 5 === 0 ? 1_200_000 : 12_000),
		troubles: index % 5 === 0 ? ['silent'] : index % 7 === 0 ? ['full', 'behind'] : [],
		trouble: index % 7 === 0 ? (text ?? 'disk: full') : null,
		held: 120,
		recorded: index === 3 ? null : 124,
		actas: 118,
		freeBytes: index % 7 === 0 ? 90_000_000 : 21_000_000_000,
		software: text ?? 'testigo/0.1.0',
		revokedLast: index === 8 ? 40 : null,
		municipalities: [{ names: [text ?? 'Lara', text ?? 'Municipio 1'], tables: 33 }],
	}
}

function within(rows: readonly Table[], level: (typeof levels)[number]): readonly PlaceSummary[] {
	const groups = grouped(rows, ({ registered, centro }) => ({ ...registered, centro })[level])
	return [...groups].sort().map(([name, own]) => summary(name, level, own))
}

function summary(name: string, level: string | null, rows: readonly Table[]): PlaceSummary {
	const label = level === 'centro' ? (rows[0]?.registered.centroName ?? '') : ''
	return { name, label, figures: placeFigures(rows) }
}

function extentOf(rows: readonly Table[]): Extent {
	return { tables: rows.length, electors: rows.reduce((sum, { registered }) => sum + registered.electors, 0) }
}

function placeFigures(rows: readonly Table[]): PlaceFigures {
	const counted = rows.filter(({ state }) => state === 'counted')
	const confirmed = counted.filter((row) => row.confirmed)
	const all = sumsOf(counted.flatMap(({ versions }) => versions))
	const disputed = rows.filter(({ state }) => state === 'conflict')
	const bound = (id: string, pick: (...values: number[]) => number) =>
		disputed.reduce(
			(sum, { versions }) => sum + pick(...versions.map((one) => sumsOf([one]).candidates[id] ?? 0)),
			all.candidates[id] ?? 0,
		)
	return {
		tables: Object.fromEntries(
			tableStates.map((state) => [state, extentOf(rows.filter((row) => row.state === state))]),
		) as PlaceFigures['tables'],
		extent: extentOf(rows),
		confirmed: extentOf(confirmed),
		sums: { all, confirmed: sumsOf(confirmed.flatMap(({ versions }) => versions)), withoutRulings: all },
		bounds: Object.fromEntries(
			election.candidates.map(({ id }) => [id, { least: bound(id, Math.min), most: bound(id, Math.max) }]),
		),
	}
}

function sumsOf(versions: readonly Version[]): Sums {
	const candidates = Object.fromEntries(election.candidates.map(({ id }) => [id, 0]))
	for (const { votes } of versions)
		for (const [card, { candidate }] of election.cards.entries())
			candidates[candidate] = (candidates[candidate] ?? 0) + (votes[card] ?? 0)
	return {
		candidates,
		nullVotes: versions.reduce((sum, { nullVotes }) => sum + nullVotes, 0),
		emptyVotes: versions.reduce((sum, { emptyVotes }) => sum + emptyVotes, 0),
	}
}

function grouped(rows: readonly Table[], by: (row: Table) => string): ReadonlyMap<string, Table[]> {
	const groups = new Map<string, Table[]>()
	for (const row of rows) groups.set(by(row), [...(groups.get(by(row)) ?? []), row])
	return groups
}
