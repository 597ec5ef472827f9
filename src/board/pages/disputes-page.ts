/** Tables of which readings say different things. */
import { html } from '../../platform/html.ts'
import type { TableRow } from '../view.ts'
import type { PageContext } from './context.ts'
import type { PageParts } from './frame.ts'
import { type List, listPart } from './list.ts'
import { tableColumns } from './table-columns.ts'

export function disputesPage(context: PageContext): PageParts {
	const { number, view } = context
	const { conflict } = view.figures.tables
	const unlisted = view.figures.unlisted.conflict
	const says = context.in({
		es: html`<p><strong>${number(conflict.tables)} de ${number(view.figures.extent.tables)} mesas</strong> están en disputa, con ${number(conflict.electors)} electores${unlisted === 0 ? null : html`, y ${number(unlisted)} que no están en la lista de mesas`}. Sus votos no están en las sumas; los totales dicen entre qué cifras quedan.</p>
<p>Abra una mesa para ver sus versiones lado a lado. Decide el papel: dos personas autorizadas lo miran y firman un fallo (<code>testigo rule</code>).</p>`,
		en: html`<p><strong>${number(conflict.tables)} of ${number(view.figures.extent.tables)} tables</strong> are in dispute, with ${number(conflict.electors)} electors${unlisted === 0 ? null : html`, and ${number(unlisted)} that are not in the register`}. Their votes are not in the sums; the totals say between which figures these lie.</p>
<p>Open a table to see its versions side by side. The paper decides: two people who may look at it and sign a ruling (<code>testigo rule</code>).</p>`,
	})
	const list = disputesList(context)
	const title = context.in({ es: 'Mesas en disputa', en: 'Tables in dispute' })
	return { title, hasList: true, content: [list.rows.length === 0 ? null : says, listPart(context, list)] }
}

export function disputesList(context: PageContext): List<TableRow> {
	return {
		caption: context.in({ es: 'Las de más electores primero', en: 'Those with most electors first' }),
		rows: byElectors(context.view.tablesIn('conflict')),
		columns: tableColumns(context, ['table', 'electors', 'place', 'devices']),
		keyOf: ({ table }) => table,
		empty: context.in({
			es: html`<p>Ninguna mesa está en disputa: de ninguna hay lecturas que digan cosas distintas. Si llegan, estarán aquí con todas sus versiones.</p>`,
			en: html`<p>No table is in dispute: of none do readings say different things. Should some come, they stand here with all their versions.</p>`,
		}),
	}
}

export function byElectors(rows: readonly TableRow[]): readonly TableRow[] {
	return [...rows].sort((one, other) => (other.registered?.electors ?? 0) - (one.registered?.electors ?? 0))
}
