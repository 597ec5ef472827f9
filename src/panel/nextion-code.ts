/**
 * A QR code on a Nextion, drawn with `fill` (Nextion Instruction Set, chapter 4): its own QR component is one
 * more thing for the project to have, and holds less than a signed head. At 9600 baud it takes 20 seconds,
 * at 115200 two, so it is drawn in parts and gives way to the next screen.
 */
import { darkAt, type QrSymbol, quietZone } from '../platform/qr-code.ts'
import type { Code } from './head-code.ts'

/** Pixels a module; a head's symbol with its quiet zone then has room on the smallest, of 320 by 240. */
const pitch = 3
const height = 240

/** RGB 565. */
const white = 0xffff
const black = 0

/** Commands for one part, some half a kilobyte. */
const perPart = 20

interface Area {
	readonly left: number
	readonly top: number
	readonly width: number
	height: number
}

/** The commands that draw the first symbol that there is room for, in parts; none where there is none. */
export function fillCommandsOf(code: Code): readonly (readonly string[])[] {
	const symbol = code.find(({ size }) => (size + 2 * quietZone) * pitch <= height)
	if (symbol === undefined) return []
	const across = symbol.size + 2 * quietZone
	const ground = { left: -quietZone, top: -quietZone, width: across, height: across }
	const fills = [fill(ground, white), ...darkAreas(symbol).map((area) => fill(area, black))]
	return Array.from({ length: Math.ceil(fills.length / perPart) }, (_, part) =>
		fills.slice(part * perPart, (part + 1) * perPart),
	)
}

function fill({ left, top, width, height: down }: Area, colour: number): string {
	const pixels = [left + quietZone, top + quietZone, width, down].map((modules) => modules * pitch)
	return `fill ${[...pixels, colour].join(',')}`
}

/** Runs of dark modules; the same run in the next row makes it taller. */
function darkAreas(symbol: QrSymbol): readonly Area[] {
	const areas: Area[] = []
	let above = new Map<string, Area>()
	for (let top = 0; top < symbol.size; top++) {
		const here = new Map<string, Area>()
		for (const [left, width] of darkRuns(symbol, top)) {
			const key = `${left} ${width}`
			const grown = above.get(key)
			const area = grown ?? { left, top, width, height: 0 }
			if (grown === undefined) areas.push(area)
			area.height++
			here.set(key, area)
		}
		above = here
	}
	return areas
}

function darkRuns(symbol: QrSymbol, row: number): readonly (readonly [left: number, width: number])[] {
	const runs: [number, number][] = []
	for (let column = 0; column < symbol.size; column++) {
		if (!darkAt(symbol, row, column)) continue
		const last = runs.at(-1)
		if (last !== undefined && last[0] + last[1] === column) last[1]++
		else runs.push([column, 1])
	}
	return runs
}
