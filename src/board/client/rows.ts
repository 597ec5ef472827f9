/** The rows of the page's list: they stay where they are until who reads them asks for the newer ones. */
import { exchange } from './exchange.ts'

/**
 * Before the page is exchanged for `page`: where its list has the same rows in the same order, or there was none, it may
 * be. Else each row that is in both says what it says now, where it stands, and the others wait.
 */
export function takeRows(page: Document): void {
	const [list, next] = [document.getElementById('list'), page.getElementById('list')]
	if (list === null || next === null) return
	const [rows, newer] = [rowsOf(list), rowsOf(next)]
	const keys = [...newer.keys()]
	const isSame = keys.length === rows.size && [...rows.keys()].every((key, index) => key === keys[index])
	if (isSame || rows.size === 0) {
		showNewerRows(null)
		return
	}
	for (const [key, row] of rows) {
		const other = newer.get(key)
		if (other !== undefined) exchange(row, other)
	}
	list.dataset['held'] = ''
	next.dataset['held'] = ''
	showNewerRows(keys.filter((key) => !rows.has(key)).length)
}

function rowsOf(list: Element): Map<string, Element> {
	return new Map(
		[...list.querySelectorAll('tr[data-key]')].map((row) => [row.getAttribute('data-key') ?? '', row]),
	)
}

/** How many rows wait; none any more for null. */
export function showNewerRows(count: number | null): void {
	const button = document.querySelector('[data-newer-of] button')
	if (!(button instanceof HTMLButtonElement)) return
	if (count === null) delete document.getElementById('list')?.dataset['held']
	const { new: some = '', changed = '' } = button.dataset
	const text = count === null ? '' : count === 0 ? changed : some.replace('#', String(count))
	if (button.textContent !== text) button.textContent = text
	button.hidden = count === null
}
