/** Pages of the country and of places down to the parish. Pure. */
import { type Place, placesAt } from '../../acta/register/places.ts'
import { html } from '../../platform/html.ts'
import type { Tally } from '../../tally/tally.ts'
import { type FiguresRow, figuresTable } from './figures-table.ts'
import { type Both, both, pageOf } from './frame.ts'
import { centrePath, levelOf, placePath, prefixFor, topOf } from './paths.ts'

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

/** Of all places whose centres' codes begin so: mostly one. */
export function placePage(prefix: string, { tally, isRehearsal }: PageContext): string {
	const level = levelOf(prefix)
	const path = placePath(prefix)
	const top = topOf(path)
	const all = tally.country === null ? [] : placesAt(tally.country, level)
	const places = all.filter((place) => prefixFor(level, firstCentre(place)) === prefix)
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
