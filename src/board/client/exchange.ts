/** Makes one tree of elements into another where it stands: what is the same stays, with its focus and its place. */

/** What this page keeps by itself: the word that the stream is gone, the word of newer rows. */
const kept = '#offline, [data-newer-of]'

export function exchange(from: Element, to: Element): void {
	if (from.matches(kept) || from.matches('[data-held]')) return
	exchangeAttributes(from, to)
	const [old, next] = [[...from.childNodes], [...to.childNodes]]
	for (const [index, node] of next.entries()) {
		const before = old[index]
		if (before === undefined) from.append(document.importNode(node, true))
		else if (before instanceof Element && node instanceof Element && isSame(before, node))
			exchange(before, node)
		else if (before instanceof Text && node instanceof Text) {
			if (before.data !== node.data) before.data = node.data
		} else before.replaceWith(document.importNode(node, true))
	}
	for (const node of old.slice(next.length)) node.remove()
}

function isSame(one: Element, other: Element): boolean {
	return one.tagName === other.tagName && one.id === other.id
}

function exchangeAttributes(from: Element, to: Element): void {
	for (const { name } of [...from.attributes])
		if (!to.hasAttribute(name) && !(name === 'open' && from.matches('details'))) from.removeAttribute(name)
	for (const { name, value } of to.attributes)
		if (from.getAttribute(name) !== value) from.setAttribute(name, value)
	if (from instanceof HTMLInputElement && from !== document.activeElement)
		from.value = to.getAttribute('value') ?? ''
}
