/**
 * Text from outside (file names, codes) made fit for a terminal, a log and a screen: what would move a cursor,
 * colour a line or turn the direction of writing is spelled out as `\u{…}`, and what is too long is cut.
 */
export function printable(text: string, most = 80): string {
	const characters = [...text]
	const kept = characters.length > most ? [...characters.slice(0, most - 1), '…'] : characters
	return kept.join('').replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped)
}

/** One line of JSON that is as safe to print: JSON itself leaves C1 controls and direction marks as they are. */
export function jsonLine(value: unknown): string {
	return JSON.stringify(value).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
		Array.from({ length: character.length }, (_, index) => {
			return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
		}).join(''),
	)
}

function escaped(character: string): string {
	return `\\u{${character.codePointAt(0)?.toString(16)}}`
}
