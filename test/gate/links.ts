/** Links of pages to files and headings of this repository. Links to other sites are not followed. */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { filesOf } from './tree.ts'

const code = /^(`{3,}|~{3,})[\s\S]*?^\1|`[^`\n]+`/gm
const inline = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g
const defined = /^\s{0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm
const html = /<(?:a|img|source|video)\b[^>]*?\b(?:href|src|srcset)="([^"\s]+)/g

/** The dead links of the pages below `root`, or of those named, a line each. */
export async function checkLinks(root: string, pages?: readonly string[]): Promise<string[]> {
	const dead: string[] = []
	for (const page of pages ?? (await filesOf(root, '.md'))) {
		const text = (await readFile(join(root, page), 'utf8')).replaceAll(code, '')
		for (const kind of [inline, defined, html])
			for (const [, target = ''] of text.matchAll(kind))
				if (!/^[a-z][a-z\d+.-]*:/i.test(target) && !(await leads(root, page, target)))
					dead.push(`${page}: ${target} leads nowhere`)
	}
	return dead
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
	const anchors = new Set([...text.matchAll(/<[^>]+\b(?:id|name)="([^"]+)"/g)].map(([, id = '']) => id))
	const blocks = /^(`{3,}|~{3,})[\s\S]*?^\1/gm
	for (const [, heading = ''] of text.replaceAll(blocks, '').matchAll(/^ {0,3}#{1,6}\s+(.+?)\s*#*$/gm)) {
		const shown = heading.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
		const slug = shown.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-')
		let free = slug
		for (let again = 1; anchors.has(free); again++) free = `${slug}-${again}`
		anchors.add(free)
	}
	return anchors
}
