/** What the counted tables of a place add up to, between which figures it lies, and what of it is missing. */
import { type Html, html } from '../../platform/html.ts'
import {
	type Extent,
	type PlaceFigures,
	type Sums,
	type TableState,
	tableStates,
} from '../../tally/figures.ts'
import { leadOf, uncounted } from '../../tally/lead.ts'
import type { BoardView } from '../view.ts'
import { bar } from './bar.ts'
import type { PageContext } from './context.ts'
import { commonWords, stateMeanings, statesWords } from './words.ts'

const texts = {
	es: {
		totals: 'Totales',
		candidate: 'Candidato',
		votes: 'Votos',
		confirmed: 'De mesas confirmadas',
		between: 'Con las disputas, entre',
		withoutRulings: 'Sin los fallos',
		caption: 'Votos en las mesas contadas, el mayor primero',
		dispute: 'Entre: lo menos y lo más que tendría según qué versión valga de cada mesa en disputa.',
		all: 'Votos en total',
		tables: 'En qué está cada mesa',
		state: 'Estado de la mesa',
		meaning: 'Qué quiere decir',
		sum: 'Todas las de la lista',
	},
	en: {
		totals: 'Totals',
		candidate: 'Candidate',
		votes: 'Votes',
		confirmed: 'Of confirmed tables',
		between: 'With disputes, between',
		withoutRulings: 'Without rulings',
		caption: 'Votes at the counted tables, the most first',
		dispute: 'Between: the least and the most by which version of each table in dispute holds.',
		all: 'All votes',
		tables: 'How each table stands',
		state: 'State of the table',
		meaning: 'What it means',
		sum: 'All of the register',
	},
}

export function totalsPart(context: PageContext, figures: PlaceFigures): Html {
	const { number } = context
	const t = context.in(texts)
	const words = context.in(commonWords)
	const { all, confirmed, withoutRulings } = figures.sums
	const candidates = byVotes(context.view, all)
	const most = Math.max(0, ...candidates.map(({ votes }) => votes))
	const isDisputed = candidates.some(({ id, votes }) => {
		const bounds = figures.bounds[id]
		return bounds !== undefined && (bounds.least !== votes || bounds.most !== votes)
	})
	const isRuled = candidates.some(({ id, votes }) => (withoutRulings.candidates[id] ?? 0) !== votes)
	const cell = (title: string, value: number) =>
		html`<td role="cell" class="number" data-label="${title}">${number(value)}</td>`
	const rows = candidates.map(
		({ id, name, votes }) => html`<tr role="row">
<th scope="row" role="rowheader">${name} <span class="id">${id}</span></th>
<td role="cell" class="number main" data-label="${t.votes}">${number(votes)}</td>
<td role="cell" class="picture">${bar(votes, most)}</td>
${cell(t.confirmed, confirmed.candidates[id] ?? 0)}
${isDisputed ? html`<td role="cell" class="number" data-label="${t.between}">${boundsOf(context, figures, id)}</td>` : null}
${isRuled ? cell(t.withoutRulings, withoutRulings.candidates[id] ?? 0) : null}
</tr>
`,
	)
	const others: readonly [string, (sums: Sums) => number][] = [
		[words.null, ({ nullVotes }) => nullVotes],
		[words.empty, ({ emptyVotes }) => emptyVotes],
		[t.all, votesOf],
	]
	const head = (title: string) => html`<th scope="col" role="columnheader" class="number">${title}</th>`
	return html`<section aria-labelledby="totals">
<h2 id="totals">${t.totals}</h2>
${sentences(context, figures)}
<table class="totals" role="table">
<caption>${t.caption}</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">${t.candidate}</th>${head(t.votes)}<td role="cell"></td>${head(t.confirmed)}${isDisputed ? head(t.between) : null}${isRuled ? head(t.withoutRulings) : null}</tr></thead>
<tbody role="rowgroup">${rows}</tbody>
<tfoot role="rowgroup">${others.map(
		([title, of]) => html`<tr role="row">
<th scope="row" role="rowheader">${title}</th>
<td role="cell" class="number" data-label="${t.votes}">${number(of(all))}</td>
<td role="cell" class="picture"></td>
${cell(t.confirmed, of(confirmed))}
${isDisputed ? html`<td role="cell"></td>` : null}
${isRuled ? cell(t.withoutRulings, of(withoutRulings)) : null}
</tr>
`,
	)}</tfoot>
</table>
${isDisputed ? html`<p class="note">${t.dispute}</p>` : null}
</section>`
}

function boundsOf({ number, ...context }: PageContext, { bounds }: PlaceFigures, id: string): string | null {
	const of = bounds[id]
	if (of === undefined) return null
	return `${number(of.least)} ${context.in({ es: 'y', en: 'and' })} ${number(of.most)}`
}

function sentences(context: PageContext, figures: PlaceFigures): Html {
	const { number, percent, view } = context
	const { counted } = figures.tables
	const { extent, confirmed } = figures
	const waiting = uncounted(figures)
	const single = counted.tables - confirmed.tables
	const lead = leadOf(figures)
	const isCountry = figures === view.figures
	const [counts, confirmations, leads, rest, outside, order] = context.in({
		es: [
			html`Con <strong>${number(counted.tables)} de ${number(extent.tables)} mesas</strong>: ${number(counted.electors)} de ${number(extent.electors)} electores (${percent(counted.electors, extent.electors)}).`,
			html`Confirmadas por dos fuentes: ${mesas(context, confirmed.tables)}. Con una sola fuente: ${mesas(context, single)}.`,
			lead === null
				? 'Ningún candidato tiene votos.'
				: lead.votes === 0
					? 'Los dos primeros tienen los mismos votos.'
					: html`Ventaja entre los dos primeros: <strong>${number(lead.votes)}</strong>.`,
			html`Electores de las ${mesas(context, waiting.tables)} que no están contadas: <strong>${number(waiting.electors)}</strong>.`,
			html`Fuera de la lista hay ${mesas(context, waiting.unlisted)} sin contar, y nadie sabe con cuántos electores.`,
			lead?.couldChange === false
				? 'Las mesas que no están contadas no pueden cambiar el orden de los dos primeros.'
				: 'Las mesas que no están contadas podrían cambiar el orden.',
		],
		en: [
			html`From <strong>${number(counted.tables)} of ${number(extent.tables)} tables</strong>: ${number(counted.electors)} of ${number(extent.electors)} electors (${percent(counted.electors, extent.electors)}).`,
			html`Confirmed by two sources: ${mesas(context, confirmed.tables)}. From a single source: ${mesas(context, single)}.`,
			lead === null
				? 'No candidate has any votes.'
				: lead.votes === 0
					? 'The first two have as many votes as each other.'
					: html`Lead between the first two: <strong>${number(lead.votes)}</strong>.`,
			html`Electors of the ${mesas(context, waiting.tables)} that are not counted: <strong>${number(waiting.electors)}</strong>.`,
			html`Outside of the register ${mesas(context, waiting.unlisted)} are not counted, and nobody knows with how many electors.`,
			lead?.couldChange === false
				? 'The tables that are not counted cannot change the order of the first two.'
				: 'The tables that are not counted could change the order.',
		],
	})
	if (extent.tables === 0) return isCountry ? noRegister(context) : html``
	const compared = waiting.tables + waiting.unlisted === 0 ? null : order
	return html`<p>${counts}</p>
<p>${confirmations}</p>
${counted.tables === 0 ? null : html`<p>${leads} ${rest} ${waiting.unlisted === 0 ? null : outside} ${compared}</p>`}
${isCountry ? apart(context) : null}`
}

export function mesas({ number, ...context }: PageContext, count: number): string {
	const words = context.in({ es: ['mesa', 'mesas'], en: ['table', 'tables'] })
	return `${number(count)} ${words[count === 1 ? 0 : 1]}`
}

function noRegister(context: PageContext): Html {
	return context.in({
		es: html`<p class="warning"><strong>Sin lista de mesas</strong> no se sabe cuántas faltan. Ponga <code>register.csv</code>, como lo escribe <code>testigo register check</code>, en el directorio del centro.</p>`,
		en: html`<p class="warning"><strong>Without a register of tables</strong> nobody knows how many are missing. Put <code>register.csv</code>, as <code>testigo register check</code> writes it, into the centre's directory.</p>`,
	})
}

/** What stands in no place's figures. */
function apart(context: PageContext): Html | null {
	const { number, view } = context
	const { unlisted, unreadPapers, rulings } = view.figures
	const strange = Object.values(unlisted).reduce((sum, count) => sum + count, 0)
	const papers = html`<a href="${context.to({ page: 'papers' })}">${number(unreadPapers)}</a>`
	const lines = context.in({
		es: [
			strange === 0
				? null
				: html`Fuera de la lista de mesas: ${number(strange)}, de ellas contadas ${number(unlisted.counted)}: sus votos están en los totales del país, y en los de ningún estado.`,
			unreadPapers === 0
				? null
				: html`Actas sin leer de mesa desconocida: ${papers}. Pueden ser de cualquier mesa que falta.`,
			rulings.inForce + rulings.single === 0
				? null
				: html`Fallos en vigor: ${number(rulings.inForce)}. Firmados por uno solo, y por eso sin efecto: ${number(rulings.single)}.`,
		],
		en: [
			strange === 0
				? null
				: html`Outside of the register: ${number(strange)} tables, counted ${number(unlisted.counted)} of them: their votes are in the totals of the country, and in those of no state.`,
			unreadPapers === 0
				? null
				: html`Unread actas of no known table: ${papers}. They may be of any table that is missing.`,
			rulings.inForce + rulings.single === 0
				? null
				: html`Rulings in force: ${number(rulings.inForce)}. Signed by one alone, and so without effect: ${number(rulings.single)}.`,
		],
	})
	return html`${lines.map((line) => (line === null ? null : html`<p>${line}</p>`))}`
}

/** Counted first, and what is missing last: they add up to the last line. */
const shownStates: readonly TableState[] = [
	'counted',
	...tableStates.filter((state) => state !== 'counted' && state !== 'missing'),
	'missing',
]

export function statesPart(context: PageContext, figures: PlaceFigures): Html | null {
	const { number } = context
	const t = context.in(texts)
	const words = context.in(commonWords)
	const { extent, confirmed, tables } = figures
	if (extent.tables === 0) return null
	const name = context.in(statesWords)
	const meaning = context.in(stateMeanings)
	const counted = tables.counted
	const single = {
		tables: counted.tables - confirmed.tables,
		electors: counted.electors - confirmed.electors,
	}
	const row = (
		title: string,
		{ tables: count, electors }: Extent,
		kind: string,
		says: string,
	) => html`<tr role="row" class="${kind}">
<th scope="row" role="rowheader">${title}</th>
<td role="cell" class="number main" data-label="${words.tables}">${number(count)}</td>
<td role="cell" class="picture">${kind === 'sum' ? null : bar(count, extent.tables)}</td>
<td role="cell" class="number" data-label="${words.electors}">${number(electors)}</td>
<td role="cell" class="says">${says}</td>
</tr>
`
	return html`<section aria-labelledby="states">
<h2 id="states">${t.tables}</h2>
<table class="totals" role="table">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">${t.state}</th><th scope="col" role="columnheader" class="number">${words.tables}</th><td role="cell"></td><th scope="col" role="columnheader" class="number">${words.electors}</th><th scope="col" role="columnheader" class="says">${t.meaning}</th></tr></thead>
<tbody role="rowgroup">
${shownStates.map((state) => [
	row(name[state], tables[state], 'state', meaning[state]),
	state === 'counted'
		? [row(words.confirmed, confirmed, 'part', ''), row(words.single, single, 'part', '')]
		: null,
])}
</tbody>
<tfoot role="rowgroup">${row(t.sum, extent, 'sum', '')}</tfoot>
</table>
</section>`
}

export interface CandidateVotes {
	readonly id: string
	readonly name: string
	readonly votes: number
}

/** The most votes first; of as many, in the election's order. */
export function byVotes({ election }: BoardView, sums: Sums): readonly CandidateVotes[] {
	return election.candidates
		.map(({ id, name }) => ({ id, name, votes: sums.candidates[id] ?? 0 }))
		.sort((one, other) => other.votes - one.votes)
}

function votesOf({ candidates, nullVotes, emptyVotes }: Sums): number {
	return Object.values(candidates).reduce((sum, votes) => sum + votes, nullVotes + emptyVotes)
}
