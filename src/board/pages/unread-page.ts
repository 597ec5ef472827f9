/** What came and is in no sum: tables that are unread, in quarantine or void, and papers of no known table. */
import { instant } from '../../platform/clock.ts'
import { html } from '../../platform/html.ts'
import type { EntryView, TableRow } from '../view.ts'
import type { PageContext } from './context.ts'
import { byElectors } from './disputes-page.ts'
import type { PageParts } from './frame.ts'
import { type List, listPart } from './list.ts'
import { tableColumns } from './table-columns.ts'
import { commonWords } from './words.ts'

const texts = {
	es: {
		title: 'Sin leer',
		caption: 'Mesas de las que llegó algo y que no están en la suma',
		none: 'Todo lo que llegó se pudo leer, y nada está en cuarentena ni anulado.',
		papers: 'Actas sin leer de mesa desconocida',
		papersCaption: 'Por equipo y número de registro',
		papersNone: 'De cada acta que llegó se sabe de qué mesa es.',
		number: 'Registro n.º',
		received: 'Recibida',
		unknown: 'no se sabe',
		answers: 'Lecturas de personas',
	},
	en: {
		title: 'Unread',
		caption: 'Tables of which something came and that are not in the sum',
		none: 'All that came could be read, and nothing is in quarantine or void.',
		papers: 'Unread actas of no known table',
		papersCaption: 'By device and number of the entry',
		papersNone: 'Of each acta that came the table is known.',
		number: 'Entry no.',
		received: 'Received',
		unknown: 'not known',
		answers: 'Readings by people',
	},
}

export function unreadPage(context: PageContext): PageParts {
	const { number, view } = context
	const { tables, unreadPapers } = view.figures
	const papers = context.to({ page: 'papers' })
	const says = context.in({
		es: html`<p>Sin leer: <strong>${number(tables.unread.tables)} mesas</strong>. En cuarentena: ${number(tables.quarantine.tables)}. Anuladas: ${number(tables.void.tables)}. Además, <a href="${papers}">${number(unreadPapers)} actas de mesa desconocida</a>.</p>
<p>Lo que ninguna máquina pudo leer lo leen dos personas, cada una por su lado, en los puestos de lectura: <code>testigo transcribe prepare</code>. De lo que está en cuarentena o anulado, pida el papel y que otro equipo lo escanee.</p>`,
		en: html`<p>Unread: <strong>${number(tables.unread.tables)} tables</strong>. In quarantine: ${number(tables.quarantine.tables)}. Void: ${number(tables.void.tables)}. Besides, <a href="${papers}">${number(unreadPapers)} actas of no known table</a>.</p>
<p>What no machine could read is read by two people, each alone, at reading stations: <code>testigo transcribe prepare</code>. Of what is in quarantine or void, ask for the paper and have another device scan it.</p>`,
	})
	const list = unreadList(context)
	const content = [list.rows.length === 0 && unreadPapers === 0 ? null : says, listPart(context, list)]
	return { title: context.in(texts).title, hasList: true, content }
}

export function unreadList(context: PageContext): List<TableRow> {
	const { view } = context
	const t = context.in(texts)
	const rows = (['unread', 'quarantine', 'void'] as const).flatMap((state) =>
		byElectors(view.tablesIn(state)),
	)
	return {
		caption: t.caption,
		rows,
		columns: tableColumns(context, ['table', 'state', 'electors', 'place', 'devices']),
		keyOf: ({ table }) => table,
		empty: html`<p>${t.none}</p>`,
	}
}

export function papersPage(context: PageContext): PageParts {
	const list = papersList(context)
	const says = context.in({
		es: html`<p><strong>${context.number(list.rows.length)} actas</strong>: ni una máquina ni dos personas han podido decir de qué mesa son. Pueden ser de cualquier mesa que falta.</p>`,
		en: html`<p><strong>${context.number(list.rows.length)} actas</strong>: neither a machine nor two people could say of which table they are. They may be of any table that is missing.</p>`,
	})
	const content = [list.rows.length === 0 ? null : says, listPart(context, list)]
	return { title: context.in(texts).papers, hasList: true, content }
}

export function papersList(context: PageContext): List<EntryView> {
	const t = context.in(texts)
	const words = context.in(commonWords)
	return {
		caption: t.papersCaption,
		rows: context.view.unreadPapers(),
		keyOf: ({ id }) => id,
		empty: html`<p>${t.papersNone}</p>`,
		columns: [
			{
				key: 'device',
				title: words.device,
				value: ({ device }) => device,
				cell: ({ device }) =>
					html`<a class="id" href="${context.to({ page: 'device', id: device })}">${device}</a>`,
			},
			{ key: 'entry', title: t.number, value: ({ seq }) => seq },
			{
				key: 'received',
				title: t.received,
				value: ({ receivedMs }) => (receivedMs === null ? null : instant(receivedMs)),
				cell: ({ receivedMs }) => (receivedMs === null ? t.unknown : context.time(receivedMs)),
			},
			{ key: 'answers', title: t.answers, value: ({ answers }) => answers.length },
			{
				key: 'id',
				title: 'id',
				value: ({ id }) => id,
				cell: ({ id }) => html`<span class="id">${id}</span>`,
			},
		],
	}
}
