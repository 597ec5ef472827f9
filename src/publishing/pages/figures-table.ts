/** Sums of places as a table. Pure. */
import type { ElectionDefinition } from '../../acta/election.ts'
import { type Content, type Html, html } from '../../platform/html.ts'
import { shownNumber } from '../../platform/shown.ts'
import { type PlaceFigures, type TableState, tableStates } from '../../tally/figures.ts'
import { type Both, both } from './frame.ts'

export interface FiguresRow {
	readonly name: string
	/** Null without one. */
	readonly href: string | null
	readonly figures: PlaceFigures
}

export const stateWords: Readonly<Record<TableState, Both>> = {
	missing: { es: 'faltan', en: 'missing' },
	unread: { es: 'sin leer', en: 'unread' },
	counted: { es: 'contadas', en: 'counted' },
	conflict: { es: 'en conflicto', en: 'in conflict' },
	quarantine: { es: 'en cuarentena', en: 'in quarantine' },
	void: { es: 'anuladas', en: 'void' },
}

const columns: readonly Both[] = [
	{ es: 'Lugar', en: 'Place' },
	{ es: 'Mesas', en: 'Tables' },
	{ es: 'Electores', en: 'Electors' },
]
const nullWord: Both = { es: 'Nulos', en: 'Null' }
const emptyWord: Both = { es: 'Vacíos', en: 'Empty' }

export function figuresTable(rows: readonly FiguresRow[], { candidates }: ElectionDefinition): Html {
	return html`<table>
<thead><tr>${columns.map((word) => html`<th>${both(word)}</th>`)}${tableStates.map(
		(state) => html`<th>${both(stateWords[state])}</th>`,
	)}${candidates.map(({ id }) => html`<th>${id}</th>`)}<th>${both(nullWord)}</th><th>${both(emptyWord)}</th></tr></thead>
<tbody>
${rows.map(
	({ name, href, figures: { extent, tables, sums } }) => html`<tr><th>${
		href === null ? name : html`<a href="${href}">${name}</a>`
	}</th>${[
		...[extent.tables, extent.electors, ...tableStates.map((state) => tables[state].tables)],
		...candidates.map(({ id }) => sums.all.candidates[id] ?? 0),
		...[sums.all.nullVotes, sums.all.emptyVotes],
	].map(numberCell)}</tr>
`,
)}</tbody>
</table>`
}

export function numberCell(value: number | null): Content {
	return html`<td>${value === null ? '' : shownNumber(value, 'es')}</td>`
}
