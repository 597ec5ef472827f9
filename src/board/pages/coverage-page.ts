/** The first page, and each place's down to the centre: totals, states, what lies within, arrivals. */
import { type Html, html } from '../../platform/html.ts'
import type { PlaceFigures } from '../../tally/figures.ts'
import type { PlaceSummary, PlaceView, TableRow } from '../view.ts'
import { bar, columns } from './bar.ts'
import type { PageContext } from './context.ts'
import type { PageParts } from './frame.ts'
import { type List, listPart } from './list.ts'
import { tableColumns } from './table-columns.ts'
import { tileMap } from './tile-map.ts'
import { statesPart, totalsPart } from './totals.ts'
import { trailOf } from './trail.ts'
import { commonWords } from './words.ts'

const texts = {
	es: {
		within: {
			country: 'Por estado',
			state: 'Por municipio',
			municipality: 'Por parroquia',
			parish: 'Por centro',
			centro: 'Mesas',
		},
		counted: 'Contadas',
		of: 'Mesas en total',
		missing: 'Faltan',
		disputed: 'En disputa',
		waiting: 'Electores sin contar',
		share: 'Electores contados',
		caption: 'Con más electores sin contar primero',
		tables: 'Por número de mesa',
		none: 'La lista de mesas no tiene nada aquí.',
		arrivals: 'Cuándo llegaron',
		hour: 'Desde',
		came: 'Mesas de las que llegó algo por primera vez',
		nothingYet: 'Todavía no ha llegado ninguna acta.',
		table: 'En cifras',
	},
	en: {
		within: {
			country: 'By state',
			state: 'By municipality',
			municipality: 'By parish',
			parish: 'By centre',
			centro: 'Tables',
		},
		counted: 'Counted',
		of: 'All tables',
		missing: 'Missing',
		disputed: 'In dispute',
		waiting: 'Electors not counted',
		share: 'Electors counted',
		caption: 'Most electors not counted first',
		tables: 'By number of the table',
		none: 'The register of tables has nothing here.',
		arrivals: 'When they came',
		hour: 'From',
		came: 'Tables of which something came for the first time',
		nothingYet: 'No acta has come yet.',
		table: 'In figures',
	},
}

export function coveragePage(context: PageContext, place: PlaceView): PageParts {
	const { view } = context
	const isCountry = place.level === null
	const figures = isCountry ? view.figures : place.figures
	const title = isCountry
		? context.in({ es: `${view.election.title}: lo contado`, en: `${view.election.title}: what is counted` })
		: titleOf(context, place)
	const where = [view.election.title, ...place.names].join(', ')
	return {
		title,
		trail: trailOf(context, place.names),
		quoted: { counted: figures.tables.counted, of: figures.extent, where },
		hasList: true,
		content: [
			isCountry && view.newestMs === null && !view.unreadable.includes('records')
				? nothingYet(context)
				: null,
			totalsPart(context, figures),
			statesPart(context, figures),
			within(context, place),
			isCountry ? arrivals(context) : null,
		],
	}
}

function titleOf(context: PageContext, { name, label, level }: PlaceView): string {
	if (level !== 'centro') return name
	const word = context.in(commonWords).centre
	return label === '' ? `${word} ${name}` : `${word} ${name} · ${label}`
}

/** An empty page says what will come. */
function nothingYet(context: PageContext): Html {
	const { number, view } = context
	const all = number(view.figures.extent.tables)
	return context.in({
		es: html`<section class="empty"><h2>0 de ${all} mesas</h2>
<p>Todavía no ha llegado ninguna acta. Cuando los equipos escaneen las primeras y tengan conexión, o cuando alguien traiga una memoria, aparecerán aquí en dos segundos. No hay que hacer nada.</p>
<p>Mientras tanto: en <a href="${context.to({ page: 'devices' })}">Equipos</a> se ve cuáles ya están en línea.</p></section>`,
		en: html`<section class="empty"><h2>0 of ${all} tables</h2>
<p>No acta has come yet. As soon as devices scan the first ones and have a connection, or somebody brings a stick, they appear here within two seconds. There is nothing to do.</p>
<p>Meanwhile <a href="${context.to({ page: 'devices' })}">Devices</a> shows which are online already.</p></section>`,
	})
}

function within(context: PageContext, place: PlaceView): Html {
	const { view } = context
	const list = place.level === 'centro' ? null : placesList(context, place)
	const map = place.level === null && view.tiles.length > 0 ? tileMap(context, place.within) : null
	return html`<section aria-labelledby="within">
<h2 id="within">${context.in(texts).within[place.level ?? 'country']}</h2>
${map}
${list === null ? listPart(context, tablesList(context, place)) : listPart(context, list)}
</section>`
}

export function tablesList(context: PageContext, place: PlaceView): List<TableRow> {
	const t = context.in(texts)
	return {
		caption: t.tables,
		rows: place.tables,
		columns: tableColumns(context, ['table', 'state', 'electors', 'devices']),
		keyOf: ({ table }) => table,
		empty: html`<p>${t.none}</p>`,
	}
}

export function placesList(context: PageContext, place: PlaceView): List<PlaceSummary> {
	const { number, percent } = context
	const t = context.in(texts)
	const words = context.in(commonWords)
	const kind = {
		country: words.state,
		state: words.municipality,
		municipality: words.parish,
		parish: words.centre,
	}
	const title = place.level === 'centro' ? words.centre : kind[place.level ?? 'country']
	const rows = [...place.within].sort((one, other) => waitingOf(other.figures) - waitingOf(one.figures))
	return {
		caption: t.caption,
		rows,
		keyOf: ({ name }) => name,
		empty: html`<p>${t.none}</p>`,
		columns: [
			{
				key: 'name',
				title,
				value: ({ name, label }) => (label === '' ? name : `${name} ${label}`),
				cell: ({ name, label }) =>
					html`<a href="${context.to({ page: 'coverage', names: [...place.names, name] })}">${name}</a>${label === '' ? null : html` ${label}`}`,
			},
			{ key: 'counted', title: t.counted, value: ({ figures }) => figures.tables.counted.tables },
			{ key: 'tables', title: t.of, value: ({ figures }) => figures.extent.tables },
			{
				key: 'share',
				title: t.share,
				value: ({ figures }) => figures.tables.counted.electors,
				cell: ({ figures: { tables, extent } }) =>
					html`${number(tables.counted.electors)} <span class="of">${context.in({ es: 'de', en: 'of' })} ${number(extent.electors)} (${percent(tables.counted.electors, extent.electors)})</span>${bar(tables.counted.electors, extent.electors)}`,
			},
			{ key: 'waiting', title: t.waiting, value: ({ figures }) => waitingOf(figures) },
			{ key: 'missing', title: t.missing, value: ({ figures }) => figures.tables.missing.tables },
			{ key: 'disputed', title: t.disputed, value: ({ figures }) => figures.tables.conflict.tables },
		],
	}
}

function waitingOf({ extent, tables }: PlaceFigures): number {
	return extent.electors - tables.counted.electors
}

function arrivals(context: PageContext): Html {
	const { view, number, time } = context
	const t = context.in(texts)
	const sentence = context.in({
		es: html`En los últimos 60 minutos: <strong>${number(view.lastHourTables)} mesas</strong>.`,
		en: html`Within the last 60 minutes: <strong>${number(view.lastHourTables)} tables</strong>.`,
	})
	const rows = [...view.arrivals]
		.reverse()
		.map(
			({ fromMs, tables }) =>
				html`<tr><th scope="row">${time(fromMs)}</th><td class="number">${number(tables)}</td></tr>`,
		)
	if (view.arrivals.length === 0) {
		return html`<section aria-labelledby="arrivals"><h2 id="arrivals">${t.arrivals}</h2><p>${t.nothingYet}</p></section>`
	}
	const [first, last] = [view.arrivals[0], view.arrivals.at(-1)]
	return html`<section aria-labelledby="arrivals">
<h2 id="arrivals">${t.arrivals}</h2>
<p>${sentence}</p>
${columns(view.arrivals.map(({ tables }) => tables))}
<p class="axis" aria-hidden="true"><span>${first === undefined ? null : time(first.fromMs)}</span><span>${last === undefined ? null : time(last.fromMs)}</span></p>
<details><summary>${t.table}</summary>
<table><caption>${t.came}</caption><thead><tr><th scope="col">${t.hour}</th><th scope="col" class="number">${commonWords[context.language].tables}</th></tr></thead><tbody>${rows}</tbody></table>
</details>
</section>`
}
