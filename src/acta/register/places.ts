/** The places of a register as a tree, from the country down to the centre, with what each has in tables and electors. */
import { type Level, levels, type Register, type RegisteredTable } from './register.ts'

export interface Place {
	/** `country` is the whole register. */
	readonly level: Level | 'country'
	/** What it is called in its column; the country has none. */
	readonly name: string
	/** The names from the state down to this place: what it is asked for by. */
	readonly path: readonly string[]
	/** Of a centre, where the register gives one; else empty. */
	readonly centroName: string
	readonly electors: number
	/** Of this place and all below, in the order of the register. */
	readonly tables: readonly RegisteredTable[]
	/** The places of the next level, in the order of the register; none below a centre. */
	readonly below: ReadonlyMap<string, Place>
}

interface OpenPlace extends Place {
	electors: number
	readonly tables: RegisteredTable[]
	readonly below: Map<string, OpenPlace>
}

export function placesOf({ tables }: Register): Place {
	const country = openPlace('country', '', [], '')
	for (const row of tables.values()) {
		let at = country
		take(at, row)
		for (const level of levels) {
			const name = row[level]
			let next = at.below.get(name)
			if (next === undefined) {
				next = openPlace(level, name, [...at.path, name], level === 'centro' ? row.centroName : '')
				at.below.set(name, next)
			}
			at = next
			take(at, row)
		}
	}
	return country
}

/** The place that `path` names, from the state down; an empty path is the country. */
export function placeAt(country: Place, path: readonly string[]): Place | undefined {
	return path.reduce<Place | undefined>((place, name) => place?.below.get(name), country)
}

/** The names of the places that a table lies in, from the state down to its centre. */
export function pathOf(row: RegisteredTable): readonly string[] {
	return levels.map((level) => row[level])
}

/** All places of a level that lie in a place, or are it, in the order of the register. */
export function placesAt(place: Place, level: Level): readonly Place[] {
	if (place.level === level) return [place]
	return [...place.below.values()].flatMap((below) => placesAt(below, level))
}

function openPlace(
	level: Place['level'],
	name: string,
	path: readonly string[],
	centroName: string,
): OpenPlace {
	return { level, name, path, centroName, electors: 0, tables: [], below: new Map() }
}

function take(place: OpenPlace, row: RegisteredTable): void {
	place.electors += row.electors
	place.tables.push(row)
}
