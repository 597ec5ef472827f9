/** Which places a person asks for, and what each of them comes to: the rows of a table, a CSV, a JSON. */
import { type Place, pathOf, placesAt } from '../acta/register/places.ts'
import { type Level, levels, type RegisteredTable } from '../acta/register/register.ts'
import type { Method, PlaceFigures, TableState } from '../tally/figures.ts'
import type { Tally } from '../tally/tally.ts'
import { CommandRefused, exit } from './exit.ts'

/** By what rows are given. */
export const rowLevels = [...levels, 'table'] as const
export type RowLevel = (typeof rowLevels)[number]

export interface PlaceRow {
	readonly level: RowLevel | 'country'
	/** From the state down to the centre, as far as it goes; empty also for what is not in the register. */
	readonly path: readonly string[]
	readonly centroName: string
	/** Of a row that is one table. */
	readonly table: {
		readonly table: string
		readonly state: TableState
		readonly methods: readonly Method[]
	} | null
	readonly isListed: boolean
	readonly figures: PlaceFigures
}

/** The one place that `words` name, each as `level/name`; without words the country. */
export function placeNamed(country: Place | null, words: readonly string[]): Place | null {
	if (words.length === 0) return country
	if (country === null) throw refused('places are only known with a register (--register FILE)')
	const wanted = words.map((word): { level: Level; name: string } => {
		const at = word.indexOf('/')
		const level = levels.find((one) => one === word.slice(0, at))
		if (level === undefined) throw refused(`--place ${word}: begins with none of ${levels.join('/, ')}/`)
		return { level, name: word.slice(at + 1) }
	})
	const deepest = levels.findLast((level) => wanted.some((one) => one.level === level)) ?? 'state'
	const found = placesAt(country, deepest).filter(({ path }) =>
		wanted.every(({ level, name }) => path[levels.indexOf(level)] === name),
	)
	const [only, another] = found
	if (only === undefined) throw refused(`--place ${words.join(' ')}: the register has no such place`)
	if (another === undefined) return only
	const ways = found.slice(0, 5).map(({ path }) => path.join(' / '))
	throw refused(`--place ${words.join(' ')}: the register has ${found.length}: ${ways.join('; ')} …`)
}

/** The place itself, or what lies in it at a level, in the order of the register; tables outside it come last. */
export function rowsOf(tally: Tally, place: Place | null, by: RowLevel | undefined): PlaceRow[] {
	if (by === undefined) return [place === null ? countryRow(tally) : placeRow(tally, place)]
	if (by === 'table') {
		const unlisted = place === null || place.level === 'country' ? [...tally.unlistedTables()].sort() : []
		return [
			...(place?.tables ?? []).map((row) => tableRow(tally, row.table, row)),
			...unlisted.map((table) => tableRow(tally, table, null)),
		]
	}
	if (place === null) throw refused('places are only known with a register (--register FILE)')
	const depth = place.level === 'country' ? -1 : levels.indexOf(place.level)
	if (levels.indexOf(by) < depth) throw refused(`--by ${by}: is wider than the place`)
	return placesAt(place, by).map((one) => placeRow(tally, one))
}

function countryRow(tally: Tally): PlaceRow {
	return { level: 'country', path: [], centroName: '', table: null, isListed: true, figures: tally.figures() }
}

function placeRow(tally: Tally, { level, path, centroName }: Place): PlaceRow {
	if (level === 'country') return countryRow(tally)
	const figures = tally.placeFigures(path)
	if (figures === undefined) throw new Error('a place of the register has figures')
	return { level, path, centroName, table: null, isListed: true, figures }
}

function tableRow(tally: Tally, table: string, row: RegisteredTable | null): PlaceRow {
	const detail = tally.table(table)
	const figures = tally.tableFigures(table)
	if (detail === undefined || figures === undefined) throw new Error('the tally has named it')
	const [only] = detail.versions
	const methods = detail.state === 'counted' && only !== undefined ? only.methods : []
	return {
		level: 'table',
		path: row === null ? [] : pathOf(row),
		centroName: row?.centroName ?? '',
		table: { table, state: detail.state, methods },
		isListed: row !== null,
		figures,
	}
}

function refused(what: string): CommandRefused {
	return new CommandRefused(exit.usedWrongly, what)
}
