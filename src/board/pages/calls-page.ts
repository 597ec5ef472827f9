/** Whom to call: centres of which nothing came, and tables that one source alone has seen. */
import { html } from '../../platform/html.ts'
import type { CallCentre, TableRow } from '../view.ts'
import type { PageContext } from './context.ts'
import type { PageParts } from './frame.ts'
import { type List, listPart } from './list.ts'
import { tableColumns } from './table-columns.ts'
import { commonWords } from './words.ts'

const texts = {
	es: {
		title: 'Llame a',
		caption: 'Centros con mesas que faltan, los de más electores primero',
		missing: 'Faltan',
		electors: 'Electores',
		mesas: 'Mesas que faltan',
		none: 'No falta ninguna mesa de la lista: no hay a quién llamar.',
		rescans: 'Mesas con una sola fuente',
		rescansCaption: 'Contadas, pero vistas por un solo equipo: las de más electores primero',
		rescansNone: 'No hay mesas contadas con una sola fuente.',
	},
	en: {
		title: 'Call',
		caption: 'Centres with missing tables, those with most electors first',
		missing: 'Missing',
		electors: 'Electors',
		mesas: 'Missing tables',
		none: 'No table of the register is missing: there is nobody to call.',
		rescans: 'Tables from a single source',
		rescansCaption: 'Counted, but seen by one device alone: those with most electors first',
		rescansNone: 'No table is counted from a single source.',
	},
}

export function callsPage(context: PageContext): PageParts {
	const { number, view } = context
	const { missing } = view.figures.tables
	const all = view.figures.extent
	const rescans = context.to({ page: 'rescans' })
	const known = view.figures.register !== null
	const says = context.in({
		es: html`<p>Faltan <strong>${number(missing.tables)} de ${number(all.tables)} mesas</strong>, con ${number(missing.electors)} electores. Empiece por arriba: pregunte si el acta está en manos de alguien, y a qué equipo puede llevarla.</p>
<p>Después: <a href="${rescans}">mesas con una sola fuente</a>, para que un segundo equipo las confirme.</p>`,
		en: html`<p>Missing: <strong>${number(missing.tables)} of ${number(all.tables)} tables</strong>, with ${number(missing.electors)} electors. Begin at the top: ask whether somebody has the acta, and to which device it can be taken.</p>
<p>After that: <a href="${rescans}">tables from a single source</a>, for a second device to confirm.</p>`,
	})
	const unknown = context.in({
		es: html`<p>Sin lista de mesas (<code>register.csv</code>) no se sabe cuáles faltan.</p>`,
		en: html`<p>Without a register of tables (<code>register.csv</code>) nobody knows which are missing.</p>`,
	})
	const content = known ? [says, listPart(context, callsList(context))] : unknown
	return { title: context.in(texts).title, hasList: known, content }
}

export function callsList(context: PageContext): List<CallCentre> {
	const t = context.in(texts)
	const words = context.in(commonWords)
	return {
		caption: t.caption,
		rows: context.view.calls(),
		keyOf: ({ centro }) => centro,
		empty: html`<p>${t.none}</p>`,
		columns: [
			{
				key: 'centro',
				title: words.centre,
				value: ({ centro, centroName }) => (centroName === '' ? centro : `${centro} ${centroName}`),
				cell: ({ centro, centroName, state, municipality, parish }) =>
					html`<a href="${context.to({ page: 'coverage', names: [state, municipality, parish, centro] })}">${centro}</a> ${centroName}`,
			},
			{ key: 'electors', title: t.electors, value: ({ missing }) => missing.electors },
			{
				key: 'missing',
				title: t.missing,
				value: ({ missing }) => missing.tables,
				cell: ({ missing, tables }) =>
					html`${context.number(missing.tables)} <span class="of">${context.in({ es: 'de', en: 'of' })} ${context.number(tables)}</span>`,
			},
			{ key: 'mesas', title: t.mesas, value: ({ mesas }) => mesas.join(' ') },
			{ key: 'state', title: words.state, value: ({ state }) => state },
			{ key: 'municipality', title: words.municipality, value: ({ municipality }) => municipality },
			{ key: 'parish', title: words.parish, value: ({ parish }) => parish },
		],
	}
}

export function rescansPage(context: PageContext): PageParts {
	const { number, view } = context
	const { tables } = view.figures
	const single = tables.counted.tables - view.figures.confirmed.tables
	const says = context.in({
		es: html`<p><strong>${number(single)} de ${number(tables.counted.tables)} mesas contadas</strong> tienen una sola fuente. Pida que otro equipo escanee el mismo papel: si dice lo mismo, la mesa queda confirmada.</p>`,
		en: html`<p><strong>${number(single)} of ${number(tables.counted.tables)} counted tables</strong> have a single source. Ask for the same paper to be scanned by another device: if it says the same, the table is confirmed.</p>`,
	})
	return {
		title: context.in(texts).rescans,
		hasList: true,
		content: [says, listPart(context, rescansList(context))],
	}
}

export function rescansList(context: PageContext): List<TableRow> {
	const t = context.in(texts)
	return {
		caption: t.rescansCaption,
		rows: context.view.secondScans(),
		keyOf: ({ table }) => table,
		empty: html`<p>${t.rescansNone}</p>`,
		columns: tableColumns(context, ['table', 'electors', 'place', 'methods', 'devices']),
	}
}
