/**
 * What the board's pages do where scripts run; without them they work by being loaded again. When the board says that
 * something has changed, the page is fetched again and what differs is exchanged in its place. Rows of a list do not
 * move while they are read: they wait behind "12 new".
 */

import { exchange } from './exchange.ts'
import { follow } from './follow.ts'
import { showNewerRows, takeRows } from './rows.ts'
import { keepTime } from './time.ts'

const { documentElement } = document
documentElement.classList.add('live')

/** Only one at a time: whoever asks meanwhile is served by one more. */
let fetching: Promise<void> | null = null
let isAskedAgain = false

function renew(): void {
	if (fetching !== null) {
		isAskedAgain = true
		return
	}
	fetching = show(location.href, false).finally(() => {
		fetching = null
		if (!isAskedAgain) return
		isAskedAgain = false
		renew()
	})
}

/** Exchanges this page for the one at `address`; `isAsked` by who reads it, so rows may move. */
async function show(address: string, isAsked: boolean): Promise<void> {
	const response = await fetch(address, { headers: { accept: 'text/html' } }).catch(() => null)
	if (response === null || !(response.headers.get('content-type') ?? '').startsWith('text/html')) return
	const page = new DOMParser().parseFromString(await response.text(), 'text/html')
	// A newer one was asked for while this one came.
	if (address !== location.href) return
	document.title = page.title
	if (isAsked || documentElement.classList.contains('wall-page')) showNewerRows(null)
	else takeRows(page)
	exchange(document.body, page.body)
	keepTime()
}

function visit(address: string, isTyping: boolean): void {
	if (address === location.href) return
	if (isTyping) history.replaceState(null, '', address)
	else history.pushState(null, '', address)
	void show(address, true)
}

addEventListener('popstate', () => void show(location.href, true))

document.addEventListener('click', (event) => {
	const { target } = event
	if (!(target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return
	const link = target.closest('#list thead a, .pager a, .find a')
	if (link instanceof HTMLAnchorElement) {
		event.preventDefault()
		visit(link.href, false)
	}
	const button = target.closest('button')
	if (button?.dataset['copies'] !== undefined) void copy(button, button.dataset['copies'])
	if (button?.dataset['new'] !== undefined) void show(location.href, true)
})

function addressOf(form: HTMLFormElement): string {
	const address = new URL(form.action)
	address.search = ''
	for (const [name, value] of new FormData(form))
		if (typeof value === 'string' && value !== '') address.searchParams.set(name, value)
	return address.href
}

document.addEventListener('submit', (event) => {
	const form = event.target
	if (!(form instanceof HTMLFormElement) || !form.matches('.find')) return
	event.preventDefault()
	visit(addressOf(form), false)
})

let typed = 0
document.addEventListener('input', (event) => {
	const form = event.target instanceof HTMLInputElement ? event.target.form : null
	if (form === null || !form.matches('.find')) return
	clearTimeout(typed)
	typed = setTimeout(() => visit(addressOf(form), true), 250)
})

/** Where a browser does not let the page copy, the text is marked, to be copied by hand. */
async function copy(button: HTMLButtonElement, id: string): Promise<void> {
	const source = document.getElementById(id)
	if (source === null) return
	getSelection()?.selectAllChildren(source)
	const text = source.textContent ?? ''
	const isCopied = await navigator.clipboard?.writeText(text).then(
		() => true,
		() => false,
	)
	if (isCopied === true) button.textContent = button.dataset['done'] ?? ''
}

keepTime()
setInterval(keepTime, 1000)
follow(renew)
