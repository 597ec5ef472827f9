/**
 * Text from outside made fit for a terminal, a log and a screen. Whatever a command prints or a log says passes one of
 * these (`cli/output.ts`, `cli/event-log.ts`): file names, codes, ids, reasons, subjects of certificates, faults.
 */

/**
 * What would move a cursor, colour a line, turn the direction of writing, or not be seen: controls of C0 and C1,
 * format characters (bidi, zero width), what is unassigned or a lone half of a pair, separators of lines, whatever
 * else is drawn as nothing (Unicode, "Default_Ignorable_Code_Point"), and marks heaped upon others.
 */
const unfit = /[\p{C}\p{Zl}\p{Zp}\p{DI}\u{2800}]|(?<=\p{M}{3})\p{M}/gu

/** Characters of one line of a command: far over our own, of which a signed head or a key is the longest. */
const longestLine = 16_384

/** Spelled out as `\u{…}`, and cut where it is too long. */
export function printable(text: string, most = 80): string {
	// Cut before it is looked through, which would take as long as the text does.
	const characters = [...text.slice(0, 2 * most)]
	const isCut = text.length > 2 * most || characters.length > most
	const kept = isCut ? `${characters.slice(0, most - 1).join('')}…` : text
	return kept.replaceAll(unfit, escaped)
}

/** One line of a command, whatever is in it; it ends where it ends. */
export function printableLine(line: string): string {
	return printable(line, longestLine)
}

/** One line of JSON that is as safe to print, and says the same: JSON itself leaves all but C0 as it is. */
export function jsonLine(value: unknown): string {
	return safeJson(JSON.stringify(value))
}

/** The same of text that is JSON already, in which such characters can only stand in a string. */
export function safeJson(json: string): string {
	return json.replaceAll(unfit, (character) =>
		Array.from({ length: character.length }, (_, index) => {
			return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
		}).join(''),
	)
}

function escaped(character: string): string {
	return `\\u{${character.codePointAt(0)?.toString(16)}}`
}
