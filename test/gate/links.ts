/** Links of pages to files and headings of this repository. Links to other sites are not followed. */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { Marked } from 'marked'
import { filesOf, isMade } from './tree.ts'

const marked = new Marked()

const tags = /<[a-z][\w-]*((?:"[^"]*"|'[^']*'|[^"'>])*)>/gi
const attributes = /([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** The dead links of the pages below `root`, or of those named, a line each. */
export async function checkLinks(root: string, pages?: readonly string[]): Promise<string[]> {
	const dead: string[] = []
	for (const page of pages ?? (await filesOf(root, '.md'))) {
		const { html, defined, undefinedLinks } = await read(join(root, page))
		for (const text of undefinedLinks) dead.push(`${page}: ${text} is defined nowhere`)
		for (const target of new Set([...targetsOf(html), ...defined]))
			if (!/^([a-z][a-z\d+.-]*:|\/\/)/i.test(target) && !(await leads(root, page, target)))
				dead.push(`${page}: ${target} leads nowhere`)
	}
	return dead
}

/** A page as it is shown, and what it only defines or asks for in vain. */
async function read(path: string) {
	const tokens = marked.lexer(await readFile(path, 'utf8'))
	const undefinedLinks: string[] = []
	void marked.walkTokens(tokens, (token) => {
		if (token.type === 'text' && !('tokens' in token && token.tokens))
			undefinedLinks.push(...(token.raw.match(/\[[^[\]]+\]\[[^[\]]*\]/g) ?? []))
	})
	const defined = Object.values(tokens.links).map(({ href }) => href)
	const html = marked.parser(tokens).replaceAll(/<!--[\s\S]*?-->/g, '')
	return { html, defined, undefinedLinks }
}

function targetsOf(html: string): string[] {
	return attributesOf(html).flatMap(([name, value]) => {
		if (name === 'srcset') return value.split(',').map((one) => one.trim().split(/\s/)[0] ?? '')
		return ['href', 'src', 'poster'].includes(name) ? [value.trim()] : []
	})
}

function attributesOf(html: string): [string, string][] {
	return [...html.matchAll(tags)].flatMap(([, inside = '']) =>
		[...inside.matchAll(attributes)].map(([, name = '', double, single, bare = '']): [string, string] => [
			name.toLowerCase(),
			decoded(double ?? single ?? bare),
		]),
	)
}

function decoded(html: string): string {
	return html.replaceAll(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
}

async function leads(root: string, page: string, target: string): Promise<boolean> {
	const [, path = '', anchor = ''] = /^([^?#]*)(?:\?[^#]*)?(?:#(.*))?$/s.exec(readable(target)) ?? []
	const to = path === '' ? page : normalize(path.startsWith('/') ? `.${path}` : join(dirname(page), path))
	const found = await stat(join(root, to)).catch(() => null)
	if (found === null || to.startsWith('..') || isMade(to)) return false
	if (anchor === '' || !to.endsWith('.md')) return true
	return anchorsOf((await read(join(root, to))).html).has(anchor)
}

/** Without escapes; as it stands where they are broken, and then it leads nowhere. */
function readable(target: string): string {
	try {
		return decodeURI(target)
	} catch {
		return target
	}
}

/** As GitHub makes them: small letters, no punctuation, hyphens for spaces, numbers for what comes again. */
function anchorsOf(html: string): Set<string> {
	const named = attributesOf(html).filter(([name]) => name === 'id' || name === 'name')
	const anchors = new Set(named.map(([, value]) => value))
	for (const [, , heading = ''] of html.matchAll(/<h([1-6])\b[^>]*>([\s\S]*?)<\/h\1>/gi)) {
		const shown = decoded(heading.replaceAll(/<[^>]*>/g, ''))
			.trim()
			.toLowerCase()
		const slug = shown.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-')
		let free = slug
		for (let again = 1; anchors.has(free); again++) free = `${slug}-${again}`
		anchors.add(free)
	}
	return anchors
}
