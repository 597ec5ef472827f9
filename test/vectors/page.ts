/**
 * Puts provisioning/verify/verify.html together: the template and the scripts of `page/`, in one file that needs no
 * other, with the digest that lets a browser run that script and nothing else. `npm run pages` writes it.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { wordListsForPage } from '../pages/word-lists.ts'

const folder = new URL('../../provisioning/verify/', import.meta.url)

/** Each after those that it needs. */
const parts = [
	...['faults', 'bytes', 'strict-json', 'certificate', 'keys', 'shapes', 'objects', 'files', 'word-lists'],
	...['fingerprint', 'authority', 'chain', 'answers', 'journal', 'ledger', 'people'],
	...['presidential-2024', 'election', 'register', 'counting'],
	...['ed25519', 'note', 'spelling', 'campaign', 'closed-grammar', 'archive-files', 'tiles', 'leaves'],
	...['published', 'checksums', 'feed', 'pictures', 'archive', 'archive-shown', 'proof', 'proof-shown'],
	...['words', 'page'],
]

export function page(): string {
	const script = `\n'use strict'\n${parts.map((name) => scriptOf(name)).join('\n')}`
	const digest = createHash('sha256').update(script).digest('base64')
	return read('page/page.html')
		.replace(/'sha256-[^']*'/, () => `'sha256-${digest}'`)
		.replace('<script></script>', () => `<script>${script}</script>`)
}

/** A module as a part of one script. */
function scriptOf(name: string): string {
	return (name === 'word-lists' ? wordListsForPage() : read(`page/${name}.js`))
		.replaceAll(/^import [^']*'.*'\n/gm, '')
		.replaceAll(/^export /gm, '')
}

function read(path: string): string {
	return readFileSync(new URL(path, folder), 'utf8')
}
