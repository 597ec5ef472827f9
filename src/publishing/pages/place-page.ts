/** Pages of the country and of places down to the parish. Pure. */
import { type Place, pathOf, placeAt, placesAt } from '../../acta/register/places.ts'
import { html } from '../../platform/html.ts'
import type { Tally } from '../../tally/tally.ts'
import { type FiguresRow, figuresTable } from './figures-table.ts'
import { type Both, both, pageOf } from './frame.ts'
import { centrePath, pageLevels, placePath, prefixFor, topOf } from './paths.ts'

export interface PageContext {
	readonly tally: Tally
	readonly isRehearsal: boolean
}

const data: Both = { es: 'Datos', en: 'Data' }
const unlistedWord: Both = { es: 'Mesas fuera del registro', en: 'Tables that are not in the register' }

export function homePage({ tally, isRehearsal }: PageContext): string {
	const { election, country } = tally
	const figures = tally.figures()
	const states = country === null ? [] : placesAt(country, 'state')
	const rows: FiguresRow[] = states.flatMap((place) => rowOf(tally, place, `./${pathOfPlace(place)}`))
	const unlisted = [...tally.unlistedTables()].sort()
	return pageOf({
		title: election.title,
		top: '.',
		isRehearsal,
		main: html`${figuresTable([{ name: election.title, href: null, figures }, ...rows], election)}
${unlisted.length === 0 ? null : html`<h2>${both(unlistedWord)}</h2><ul>${unlisted.map((table) => html`<li><a href="${`./${centrePath(table.split('.')[0] ?? '')}`}">${table}</a></li>`)}</ul>`}
<h2>${both(data)}</h2>
<ul><li><a href="./data/tables.csv">tables.csv</a></li><li><a href="./data/figures.json">figures.json</a></li></ul>`,
	})
}

/** By the digits with which its first centre's code begins: mostly one. */
export function placesByPrefix(country: Place | null): ReadonlyMap<string, readonly Place[]> {
	const places = new Map<string, Place[]>()
	for (const level of pageLevels) {
		for (const place of country === null ? [] : placesAt(country, level)) {
			const prefix = prefixFor(level, firstCentre(place))
			places.set(prefix, [...(places.get(prefix) ?? []), place])
		}
	}
	return places
}

/** Of the pages that show the places in which a table of the register lies. */
export function prefixesAbove({ country, register }: Tally, table: string): readonly string[] {
	const row = register?.tables.get(table)
	if (country === null || row === undefined) return []
	const path = pathOf(row)
	return pageLevels.flatMap((level, index) => {
		const place = placeAt(country, path.slice(0, index + 1))
		return place === undefined ? [] : [prefixFor(level, firstCentre(place))]
	})
}

export function placePage(
	prefix: string,
	places: readonly Place[],
	{ tally, isRehearsal }: PageContext,
): string {
	const path = placePath(prefix)
	const top = topOf(path)
	const rows = places.flatMap((place) => [
		...rowOf(tally, place, null),
		...[...place.below.values()].flatMap((lower) => rowOf(tally, lower, `${top}/${pathOfPlace(lower)}`)),
	])
	const title = places.length === 0 ? prefix : places.map((place) => place.path.join(' · ')).join(' / ')
	return pageOf({ title, top, isRehearsal, main: figuresTable(rows, tally.election) })
}

function rowOf(tally: Tally, place: Place, href: string | null): FiguresRow[] {
	const figures = tally.placeFigures(place.path)
	const name =
		place.level === 'centro' && place.centroName !== '' ? `${place.name} ${place.centroName}` : place.name
	return figures === undefined ? [] : [{ name, href, figures }]
}

function pathOfPlace(place: Place): string {
	const centro = firstCentre(place)
	return place.level === 'centro' || place.level === 'country'
		? centrePath(centro)
		: placePath(prefixFor(place.level, centro))
}

function firstCentre(place: Place): string {
	return place.tables[0]?.centro ?? ''
}
