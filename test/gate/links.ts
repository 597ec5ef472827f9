/** Links of pages to files and headings of this repository. Links to other sites are not followed. */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { lexer, type Token, walkTokens } from 'marked'
import { filesOf } from './tree.ts'

const html = /<(?:a|img|source|video)\b[^>]*?\b(?:href|src|srcset)="([^"\s]+)/g
const named = /<[^>]+\b(?:id|name)="([^"]+)"/g

/** The dead links of the pages below `root`, or of those named, a line each. */
export async function checkLinks(root: string, pages?: readonly string[]): Promise<string[]> {
	const dead: string[] = []
	for (const page of pages ?? (await filesOf(root, '.md'))) {
		const targets = tokensOf(await readFile(join(root, page), 'utf8')).flatMap((token) =>
			token.type === 'html' ? matchesOf(html, token) : 'href' in token ? [String(token.href)] : [],
		)
		for (const target of new Set(targets))
			if (!/^[a-z][a-z\d+.-]*:/i.test(target) && !(await leads(root, page, target)))
				dead.push(`${page}: ${target} leads nowhere`)
	}
	return dead
}

function tokensOf(text: string): Token[] {
	const tokens: Token[] = []
	walkTokens(lexer(text), (token) => void tokens.push(token))
	return tokens
}

function matchesOf(what: RegExp, { raw }: Token): string[] {
	return [...raw.matchAll(what)].map(([, match = '']) => match)
}

async function leads(root: string, page: string, target: string): Promise<boolean> {
	const [path = '', anchor = ''] = decodeURI(target).split('#')
	const to = path === '' ? page : normalize(path.startsWith('/') ? `.${path}` : join(dirname(page), path))
	const found = await stat(join(root, to)).catch(() => null)
	if (found === null || to.startsWith('..')) return false
	if (anchor === '' || !to.endsWith('.md')) return true
	return anchorsOf(await readFile(join(root, to), 'utf8')).has(anchor)
}

/** As GitHub makes them: small letters, no punctuation, hyphens for spaces, numbers for what comes again. */
function anchorsOf(text: string): Set<string> {
	const tokens = tokensOf(text)
	const anchors = new Set(tokens.flatMap((token) => (token.type === 'html' ? matchesOf(named, token) : [])))
	for (const heading of tokens) {
		if (heading.type !== 'heading') continue
		const shown = String(heading.text).replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
		const letters = shown.toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
		const slug = letters.replaceAll(' ', '-')
		let free = slug
		for (let again = 1; anchors.has(free); again++) free = `${slug}-${again}`
		anchors.add(free)
	}
	return anchors
}
