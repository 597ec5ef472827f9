/** Columns of lists of tables, the same on each page. */
import { html } from '../../platform/html.ts'
import type { TableRow } from '../view.ts'
import type { PageContext } from './context.ts'
import type { Column } from './list.ts'
import { commonWords, methodWords, stateWords } from './words.ts'

type Key = 'table' | 'state' | 'place' | 'electors' | 'methods' | 'devices'

export function tableColumns(context: PageContext, keys: readonly Key[]): readonly Column<TableRow>[] {
	const words = context.in(commonWords)
	const methods = context.in(methodWords)
	const all: Readonly<Record<Key, readonly Column<TableRow>[]>> = {
		table: [
			{
				key: 'table',
				title: words.table,
				value: ({ table }) => table,
				cell: ({ table }) => html`<a href="${context.to({ page: 'table', table })}">${table}</a>`,
			},
		],
		state: [
			{
				key: 'how',
				title: context.in({ es: 'Cómo está', en: 'How it stands' }),
				value: (row) => standingOf(context, row),
			},
		],
		place: [
			{ key: 'state', title: words.state, value: ({ registered }) => registered?.state ?? words.unlisted },
			{
				key: 'municipality',
				title: words.municipality,
				value: ({ registered }) => registered?.municipality ?? '',
			},
			{ key: 'centro', title: words.centre, value: ({ registered }) => registered?.centroName ?? '' },
		],
		electors: [
			{ key: 'electors', title: words.electors, value: ({ registered }) => registered?.electors ?? null },
		],
		methods: [
			{
				key: 'methods',
				title: context.in({ es: 'Cómo se leyó', en: 'How it was read' }),
				value: (row) => row.methods.map((method) => methods[method]).join(', '),
			},
		],
		devices: [{ key: 'devices', title: words.devices, value: ({ devices }) => devices.join(' ') }],
	}
	return keys.flatMap((key) => all[key])
}

/** `contada, confirmada por dos fuentes`. */
export function standingOf(context: PageContext, { state, confirmed }: TableRow): string {
	const words = context.in(commonWords)
	const name = context.in(stateWords)[state]
	return state === 'counted' ? `${name}, ${confirmed ? words.confirmed : words.single}` : name
}
