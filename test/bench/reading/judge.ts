import type { Answer } from './engines/engine.ts'
import type { Verdict } from './task.ts'

/**
 * What an answer is worth; `text` is what the code says, null where there is none. Photographs from life also show
 * texts beyond ASCII, whose character set each engine guesses in its own way: those are not compared.
 */
export function judge({ texts }: Answer, text: string | null): Verdict {
	if (texts.length === 0) return 'missed'
	if (text === null) return 'wrong'
	if (texts.includes(text)) return 'read'
	return /^[\0-\x7f]*$/.test(text) ? 'wrong' : 'unchecked'
}
