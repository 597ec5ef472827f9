/**
 * Pages are made of `html` templates alone: whatever is put into one is escaped, made printable and can be nothing but
 * a text or the value of a quoted attribute. What is markup already says so by its type, which only `html` makes; there
 * is no way to say it of a string.
 *
 * A value may stand in text, or in an attribute's value between double quotes. Anywhere else (a name, an attribute
 * without quotes or that holds a script or a style, a comment, a script or style) the template is refused when it is
 * first used: that is a bug, whatever the values are. A link that does not lead to a place of the same site leads
 * nowhere.
 */
import { printableLine } from './printable.ts'

const made = Symbol('markup')

/** Markup, safe as it is. */
export interface Html {
	readonly [made]: string
}

/** Attributes that are computed: `true` for one without a value, nothing for one that does not stand there. */
export interface Attributes {
	readonly attributes: Readonly<Record<string, string | number | boolean | null>>
}

export type Content = Html | string | number | bigint | null | undefined | false | readonly Content[]

/** As it goes to a browser. */
export function documentOf(page: Html): string {
	return `<!doctype html>\n${page[made]}\n`
}

export function html(parts: TemplateStringsArray, ...values: readonly (Content | Attributes)[]): Html {
	const places = placesOf(parts)
	let text = parts[0] ?? ''
	values.forEach((value, index) => {
		text += written(value, places[index]) + (parts[index + 1] ?? '')
	})
	return { [made]: text }
}

/** Where a value stands. */
type Place =
	| { readonly in: 'text' }
	| { readonly in: 'tag' }
	| { readonly in: 'value'; readonly of: string; readonly isBegun: boolean }

function written(value: Content | Attributes, place: Place | undefined): string {
	if (place === undefined) throw new Error('a value without a place')
	if (isAttributes(value)) {
		if (place.in !== 'tag') throw new Error('attributes stand in a tag')
		return attributesText(value)
	}
	if (place.in === 'tag') throw new Error('a tag takes attributes({ … }) alone')
	if (place.in === 'text') return contentText(value)
	if (value === null || value === undefined || value === false) return ''
	if (typeof value === 'object') throw new Error(`the attribute ${place.of} takes a text`)
	return valueText(place.of, String(value))
}

function contentText(value: Content): string {
	if (value === null || value === undefined || value === false) return ''
	if (typeof value !== 'object') return escaped(String(value))
	return made in value ? value[made] : value.map(contentText).join('')
}

export function attributes(given: Attributes['attributes']): Attributes {
	return { attributes: given }
}

function isAttributes(value: Content | Attributes): value is Attributes {
	return typeof value === 'object' && value !== null && 'attributes' in value
}

function attributesText({ attributes: given }: Attributes): string {
	const shown = Object.entries(given).filter(([, value]) => value !== null && value !== false)
	return shown
		.map(([name, value]) => {
			if (!mayHold(name)) throw new Error(`no attribute for a value: ${name}`)
			return value === true ? name : `${name}="${valueText(name, String(value))}"`
		})
		.join(' ')
}

/** An attribute that runs a script, is a page or a style. */
function mayHold(name: string): boolean {
	return /^[a-z][a-z0-9-]*$/.test(name) && !/^on|^(?:style|srcdoc|srcset|http-equiv)$/.test(name)
}

const leads = new Set(['href', 'src', 'action', 'formaction', 'poster', 'data', 'cite', 'ping'])

/** A link leads to a place of the same site: anything else leads nowhere. Looked at as it is printed: that may differ. */
function valueText(name: string, value: string): string {
	const shown = printableLine(value)
	const isElsewhere = leads.has(name) && !/^(?:\/(?![/\\])|[#?]|\.\.?\/)[^\\\s]*$/.test(shown)
	return isElsewhere ? '#' : escaped(shown)
}

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
	'`': '&#96;',
}

function escaped(text: string): string {
	return printableLine(text).replaceAll(/[&<>"'`]/g, (character) => entities[character] ?? '')
}

const known = new WeakMap<TemplateStringsArray, readonly Place[]>()

function placesOf(parts: TemplateStringsArray): readonly Place[] {
	const before = known.get(parts)
	if (before !== undefined) return before
	const places: Place[] = []
	let place: Place = { in: 'text' }
	for (const part of parts) {
		place = placeAfter(place, part)
		places.push(place)
	}
	if (places.pop()?.in !== 'text') throw new Error(`a template ends within a tag: ${parts.join('…')}`)
	known.set(parts, places)
	return places
}

/** A text, a script that is a file, a tag's begin. What is within others is not markup. */
const textToken =
	/[^<]+|<script type="module" src="\/[\w./-]+"><\/script>|<\/?(?!(?:script|style|iframe|xmp|noembed|noframes|noscript|plaintext)\b)[a-z][a-z0-9-]*(?=[\s>]|$)/y
const tagToken = /\s+|>|(?<name>[a-zA-Z][a-zA-Z0-9-]*)(?:(?==")|(?=[\s>]|$))|="/y
const valueToken = /[^"]+|"/y

/** What no template needs is not understood: single quotes, a comment, a script or a style with a text. */
function placeAfter(before: Place, part: string): Place {
	let place = before
	let name = ''
	for (let at = 0; at < part.length; ) {
		const token = { text: textToken, tag: tagToken, value: valueToken }[place.in]
		token.lastIndex = at
		const match = token.exec(part)
		if (match === null) throw new Error(`no ${place.in} of a template: ${part.slice(at, at + 40)}`)
		const [all] = match
		at = token.lastIndex
		if (place.in === 'text') {
			if (all.startsWith('<') && !all.endsWith('>')) place = { in: 'tag' }
		} else if (place.in === 'value') {
			place = all === '"' ? { in: 'tag' } : { ...place, isBegun: true }
		} else {
			name = match.groups?.['name'] ?? name
			if (all === '>') place = { in: 'text' }
			if (all === '="') place = { in: 'value', of: name.toLowerCase(), isBegun: false }
		}
	}
	if (place.in !== 'value') return place
	if (!mayHold(place.of)) throw new Error(`no attribute for a value: ${place.of}`)
	if (place.isBegun && leads.has(place.of)) throw new Error(`a value is all of ${place.of}, or nothing`)
	return { ...place, isBegun: true }
}
