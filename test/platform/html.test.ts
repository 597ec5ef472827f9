import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attributes, documentOf, type Html, html } from '#src/platform/html.js'

/** Of a page what stands behind its first line. */
function fragmentOf(part: Html): string {
	return documentOf(part).split('\n').slice(1, -1).join('\n')
}

/** What HTML makes of text and of a value between double quotes: nothing but references are looked at. */
const read = (text: string) =>
	text
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&#39;', "'")
		.replaceAll('&#96;', '`')
		.replaceAll('&amp;', '&')

const hostile = fc.string({
	unit: fc.oneof(
		fc.constantFrom('<', '>', '"', "'", '`', '&', ';', '#', '=', '/', ' ', '\n', '\0', '\u202e', '\ud800'),
		fc.constantFrom('<script>', '-->', ']]>', '&quot;', '"onload=', 'javascript:'),
		fc.nat(0x10ffff).map((code) => String.fromCodePoint(code)),
	),
	maxLength: 40,
})

test('whatever is put in is one text or one value, and ends where it ends', () => {
	fc.assert(
		fc.property(hostile, (text) => {
			const page = fragmentOf(html`<p title="${text}" ${attributes({ lang: text })}>${text}</p>`)
			const [all, title = '', lang = '', inner = ''] =
				/^<p title="([^"<>]*)" lang="([^"<>]*)">([^"<>]*)<\/p>$/.exec(page) ?? []
			expect(all).toBe(page)
			expect(page).toMatch(/^[^\p{C}]*$/u)
			const plain = read(inner)
			expect([read(title), read(lang)]).toEqual([plain, plain])
			if (/^[\w <>"'&`;#=/-]*$/.test(text)) expect(plain).toBe(text)
		}),
	)
})

test('a link leads to a place of this site or nowhere', () => {
	fc.assert(
		fc.property(hostile, (text) => {
			const [, to = ''] = /^<a href="([^"]*)">x<\/a>$/.exec(fragmentOf(html`<a href="${text}">x</a>`)) ?? []
			const { host, protocol } = new URL(read(to), 'http://here/es/')
			expect({ host, protocol }).toEqual({ host: 'here', protocol: 'http:' })
		}),
	)
	const to = (href: string) => fragmentOf(html`<a href="${href}">x</a>`)
	expect(to('/es/estado/12?a=1&b=2')).toBe('<a href="/es/estado/12?a=1&amp;b=2">x</a>')
	for (const elsewhere of [
		'//elsewhere',
		'/\\elsewhere',
		'/\0',
		'javascript:alert(1)',
		' /es',
		'https://elsewhere',
	])
		expect(to(elsewhere)).toBe('<a href="#">x</a>')
})

test('markup within markup stays, lists are joined, nothing is nothing', () => {
	const rows = ['a', '<b>'].map((text) => html`<li>${text}</li>`)
	expect(fragmentOf(html`<ul>${rows}${null}${false}${undefined}${0}</ul>`)).toBe(
		'<ul><li>a</li><li>&lt;b&gt;</li>0</ul>',
	)
	expect(documentOf(html`<p ${attributes({ hidden: true, id: null, class: 'a b', max: 3 })}></p>`)).toBe(
		'<!doctype html>\n<p hidden class="a b" max="3"></p>\n',
	)
	expect(fragmentOf(html`<script type="module" src="/client/board.js"></script>`)).toContain('src="/client')
})

test.each([
	['a value without quotes', () => html`<p title=${'x'}></p>`],
	['a value in single quotes', () => html`<p title='${'x'}'></p>`],
	['the name of a tag', () => html`<${'p'}></p>`],
	['a text in a tag', () => html`<p ${'x'}></p>`],
	['an attribute that is a script, in capitals', () => html`<p onClick="${'x'}"></p>`],
	['an attribute that is a script', () => html`<p onclick="${'x'}"></p>`],
	['an attribute that is a script, computed', () => html`<p ${attributes({ onclick: 'x' })}></p>`],
	['the name of an attribute', () => html`<p ${attributes({ 'a b': 'x' })}></p>`],
	['a style', () => html`<p style="${'x'}"></p>`],
	['a script', () => html`<script>${'x'}</script>`],
	['where a script lies', () => html`<script type="module" src="${'x'}"></script>`],
	['a style sheet', () => html`<style>${'x'}</style>`],
	['a comment', () => html`<!-- ${'x'} -->`],
	['a page in a page', () => html`<iframe src="${'/x'}"></iframe>`],
	['a part of a link', () => html`<a href="/${'/elsewhere'}"></a>`],
	['a template that ends in a tag', () => html`<p title="${'x'}`],
])('%s is no place for a value', (_, template) => {
	expect(template).toThrow()
	expect(template).toThrow()
})
