/** A QR code on a terminal, of half blocks: two modules a character, light on a black ground. */
import { darkAt, type QrSymbol, quietZone } from '../platform/qr-code.ts'
import type { Code } from './head-code.ts'

/** Of a terminal, in characters. */
export interface TextSize {
	readonly rows: number
	readonly columns: number
}

/** What a VT100 has, and what every terminal has at least. */
export const usualSize: TextSize = { rows: 24, columns: 80 }

const csi = '\u001b['
/** ECMA-48 SGR: bright white on black, whatever the terminal's own colours are. */
const light = `${csi}0;1;37;40m`
const usual = `${csi}0m`

const gap = 2

/** `lines`, each `width` wide as it is seen, with the first symbol that there is room for beside or below them. */
export function withCode(
	lines: readonly string[],
	width: number,
	code: Code | null,
	{ rows, columns }: TextSize,
): readonly string[] {
	for (const symbol of code ?? []) {
		const drawn = halfBlocks(symbol)
		const across = symbol.size + 2 * quietZone
		// The last row stays free: a line feed there would scroll.
		if (width + gap + across <= columns && drawn.length < rows) return beside(lines, width, drawn)
		if (across <= columns && lines.length + drawn.length < rows) return [...lines, ...drawn]
	}
	return lines
}

function beside(lines: readonly string[], width: number, drawn: readonly string[]): readonly string[] {
	return Array.from({ length: Math.max(lines.length, drawn.length) }, (_, row) => {
		const line = lines[row] ?? ' '.repeat(width)
		return `${line}${' '.repeat(gap)}${drawn[row] ?? ''}`
	})
}

function halfBlocks(symbol: QrSymbol): readonly string[] {
	const across = symbol.size + 2 * quietZone
	return Array.from({ length: Math.ceil(across / 2) }, (_, line) => {
		const row = 2 * line - quietZone
		const cells = Array.from({ length: across }, (__, at) =>
			halves(darkAt(symbol, row, at - quietZone), darkAt(symbol, row + 1, at - quietZone)),
		)
		return `${light}${cells.join('')}${usual}`
	})
}

function halves(upperDark: boolean, lowerDark: boolean): string {
	if (upperDark) return lowerDark ? ' ' : '▄'
	return lowerDark ? '▀' : '█'
}
