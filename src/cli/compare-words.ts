import { createInterface } from 'node:readline/promises'
import { areWordsOf, fingerprintWords } from '../evidence/keys/fingerprint-words.ts'
import type { WordLanguage } from '../platform/word-lists.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside } from './output.ts'

/** What is compared, and where the other half of it can be seen. */
export interface Comparison {
	/** What the words are over. */
	readonly bytes: Uint8Array
	readonly language: WordLanguage
	/** The words as somebody typed them into the command line. */
	readonly said: string | undefined
	/** The flag by which they are said. */
	readonly flag: string
	readonly question: Readonly<Record<WordLanguage, string>>
}

/**
 * Whether a person sees the same words on both machines. There is no way to say yes without looking: a script
 * has to bring the words themselves.
 */
export async function compareWords({ bytes, language, said, flag, question }: Comparison): Promise<boolean> {
	if (said !== undefined) return areWordsOf(bytes, said)
	if (!process.stdin.isTTY) {
		throw new CommandRefused(exit.usedWrongly, `nobody here to compare the words: give them with ${flag} "…"`)
	}
	const lines = createInterface({ input: process.stdin, output: process.stderr })
	try {
		printAside('', `    ${fingerprintWords(bytes, language).join(' ')}`, '')
		const answer = await lines.question(`${question[language]} `)
		return /^(yes|s[ií])$/i.test(answer.trim().normalize('NFC'))
	} finally {
		lines.close()
	}
}
