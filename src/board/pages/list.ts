/**
 * A long list: sorted and filtered by its address, a hundred rows a page, and the whole of it as CSV. So it works without
 * a script, and a link to it shows others the same.
 */
import { spreadsheetCell } from '../../platform/csv.ts'
import { attributes, type Content, type Html, html } from '../../platform/html.ts'
import { printable } from '../../platform/printable.ts'
import type { PageLanguage } from '../../platform/shown.ts'
import { type ListQuery, pageAddress } from '../routes.ts'
import type { PageContext } from './context.ts'
import { newerRows } from './frame.ts'

export interface Column<T> {
	readonly key: string
	readonly title: string
	/** What it is sorted by and looked for in, and what stands in the CSV. */
	value(row: T): string | number | null
	/** What is shown, where that is not the value. */
	cell?(row: T): Content
}

export interface List<T> {
	readonly caption: string
	/** In the page's own order. */
	readonly rows: readonly T[]
	readonly columns: readonly Column<T>[]
	/** The same for a row as long as it is about the same. */
	keyOf(row: T): string
	/** What is said where there is no row at all. */
	readonly empty: Content
}

const rowsOnAPage = 100

const texts = {
	es: {
		find: 'Buscar en la lista',
		go: 'Buscar',
		all: 'Quitar',
		none: (find: string) => `Nada en la lista contiene «${find}».`,
		range: (from: string, to: string, of: string) => `${from} a ${to} de ${of}`,
		previous: 'Anteriores',
		next: 'Siguientes',
		more: 'Más filas',
		up: ', de menor a mayor',
		down: ', de mayor a menor',
	},
	en: {
		find: 'Find in the list',
		go: 'Find',
		all: 'Clear',
		none: (find: string) => `Nothing in the list contains “${find}”.`,
		range: (from: string, to: string, of: string) => `${from} to ${to} of ${of}`,
		previous: 'Before',
		next: 'Next',
		more: 'More rows',
		up: ', from the least',
		down: ', from the most',
	},
}

/** The list as its address asks for it. */
export function listPart<T>(context: PageContext, list: List<T>): Html {
	const { query } = context.address
	const t = context.in(texts)
	if (list.rows.length === 0) return html`<div id="list" class="empty">${list.empty}</div>`
	const found = rowsFor(list, query, context.language)
	const from = query.from < found.length ? query.from - (query.from % rowsOnAPage) : 0
	const shown = found.slice(from, from + rowsOnAPage)
	return html`<div class="list-head"><form class="find" role="search" action="${pageAddress({ ...context.address, query: { ...query, find: '', from: 0 } })}">
<label for="find">${t.find}</label>
<input id="find" name="q" type="search" value="${query.find}" maxlength="80" autocomplete="off">
${query.sort === '' ? null : html`<input type="hidden" name="sort" value="${sortWord(query)}">`}
<button type="submit">${t.go}</button>
${query.find === '' ? null : html`<a href="${at(context, { find: '', from: 0 })}">${t.all}</a>`}
</form>
${newerRows(context, 'rows')}</div>
<div id="list">
${found.length === 0 ? html`<p class="empty">${t.none(query.find)}</p>` : tablePart(context, list, shown)}
${pager(context, from, found.length)}
</div>`
}

function tablePart<T>(context: PageContext, list: List<T>, rows: readonly T[]): Html {
	const heads = list.columns.map((column) => columnHead(context, column, isNumeric(list, column)))
	return html`<table class="list" role="table">
<caption>${list.caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody id="rows" role="rowgroup">
${rows.map((row) => rowPart(context, list, row))}
</tbody>
</table>`
}

function rowPart<T>(context: PageContext, list: List<T>, row: T): Html {
	const cells = list.columns.map((column, index) => {
		const value = column.value(row)
		const shown =
			column.cell !== undefined ? column.cell(row) : typeof value === 'number' ? context.number(value) : value
		const given = attributes({
			class: typeof value === 'number' ? 'number' : null,
			'data-label': column.title,
		})
		return index === 0
			? html`<th scope="row" role="rowheader" ${given}>${shown}</th>`
			: html`<td role="cell" ${given}>${shown === null || shown === '' ? null : html`<span>${shown}</span>`}</td>`
	})
	return html`<tr role="row" data-key="${list.keyOf(row)}">${cells}</tr>
`
}

function columnHead<T>(context: PageContext, column: Column<T>, numeric: boolean): Html {
	const { query } = context.address
	const t = context.in(texts)
	const isSorted = query.sort === column.key
	// A number is first asked for from the most, a name from the first.
	const isDescending = isSorted ? !query.isDescending : numeric
	const order = query.isDescending ? 'descending' : 'ascending'
	const given = attributes({ class: numeric ? 'number' : null, 'aria-sort': isSorted ? order : null })
	const mark = isSorted
		? html`<span class="mark" aria-hidden="true">${query.isDescending ? '▼' : '▲'}</span><span class="hidden">${query.isDescending ? t.down : t.up}</span>`
		: null
	return html`<th scope="col" role="columnheader" ${given}><a href="${at(context, { sort: column.key, isDescending, from: 0 })}">${column.title}${mark}</a></th>`
}

function isNumeric<T>({ rows }: List<T>, column: Column<T>): boolean {
	const first = rows.find((row) => column.value(row) !== null)
	return first !== undefined && typeof column.value(first) === 'number'
}

function pager(context: PageContext, from: number, count: number): Html | null {
	const t = context.in(texts)
	if (count <= rowsOnAPage) return null
	const to = Math.min(from + rowsOnAPage, count)
	const before =
		from === 0
			? null
			: html`<a rel="prev" href="${at(context, { from: from - rowsOnAPage })}">${t.previous}</a>`
	const after = to === count ? null : html`<a rel="next" href="${at(context, { from: to })}">${t.next}</a>`
	const range = t.range(context.number(from + 1), context.number(to), context.number(count))
	return html`<nav class="pager" aria-label="${t.more}"><span>${range}</span> ${before} ${after}</nav>`
}

function at({ address }: PageContext, query: Partial<ListQuery>): string {
	return pageAddress({ ...address, query: { ...address.query, ...query } })
}

function sortWord({ sort, isDescending }: ListQuery): string {
	return isDescending ? `-${sort}` : sort
}

function rowsFor<T>(list: List<T>, query: ListQuery, language: PageLanguage): readonly T[] {
	const words = folded(query.find).split(/\s+/)
	const found =
		query.find === ''
			? list.rows
			: list.rows.filter((row) => {
					const text = folded(list.columns.map((column) => column.value(row) ?? '').join(' '))
					return words.every((word) => text.includes(word))
				})
	const column = list.columns.find(({ key }) => key === query.sort)
	if (column === undefined) return found
	const names = new Intl.Collator(language, { numeric: true })
	const sign = query.isDescending ? -1 : 1
	return [...found].sort((one, other) => {
		const [first, second] = [column.value(one), column.value(other)]
		// What is not known stands last in either order.
		if (first === null || second === null) return Number(first === null) - Number(second === null)
		if (typeof first === 'number' && typeof second === 'number') return sign * (first - second)
		return sign * names.compare(String(first), String(second))
	})
}

/** As people look for it: without accents, large or small. */
function folded(text: string): string {
	return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** All rows that were looked for, in their order. Spreadsheets know by the mark at the beginning that it is UTF-8. */
export function listCsv<T>(list: List<T>, query: ListQuery, language: PageLanguage): string {
	const rows = rowsFor(list, query, language).map((row) => list.columns.map((column) => column.value(row)))
	const lines = [list.columns.map(({ title }) => title), ...rows].map((cells) => cells.map(cellOf).join(','))
	return `\ufeff${lines.join('\r\n')}\r\n`
}

function cellOf(value: string | number | null): string {
	return spreadsheetCell(typeof value === 'string' ? printable(value, 1000) : value)
}
