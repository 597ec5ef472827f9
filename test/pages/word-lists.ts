/**
 * The lists of BIP-39 for the verifiers that share no code with Testigo, from the same package as its own: what
 * `npm run pages` writes is compared by the gate, so that the copies can not drift.
 */
import { wordlist as english } from '@scure/bip39/wordlists/english.js'
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js'

const origin = 'The lists of BIP-39, 2048 words each, as `npm run pages` writes them'

export function wordListsForPython(): string {
	const list = (words: readonly string[]) => `'''\n${wrapped(words)}\n'''.split()`
	return `"""${origin}."""\n\nSPANISH = ${list(spanish)}\n\nENGLISH = ${list(english)}\n`
}

export function wordListsForPage(): string {
	const list = (words: readonly string[]) => `\`\n${wrapped(words)}\n\`\n\t.trim()\n\t.split(/\\s/)`
	return `/** ${origin}. */\nexport const spanish = ${list(spanish)}\n\nexport const english = ${list(english)}\n`
}

/** In lines of 115 characters at most. The Spanish list spells its accents apart, as BIP-39 demands. */
function wrapped(words: readonly string[]): string {
	return words
		.join(' ')
		.normalize('NFC')
		.replaceAll(/(.{1,115})(?: |$)/g, '$1\n')
		.trimEnd()
}
