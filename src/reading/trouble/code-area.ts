/**
 * Where in a picture a QR code lies, as an area and without reading it: full of edges, and half of it ink. Text
 * has as many edges, but a fifth of it is ink; the edge of the paper has ink on one side, but is a line.
 */
import type { CellMap } from './cell-map.ts'
import { leastAround, meanAround, mostAround } from './neighbourhood.ts'

export interface CodeArea {
	/** Cells of the map: the smallest box that holds it, right and bottom excluded. */
	readonly left: number
	readonly top: number
	readonly right: number
	readonly bottom: number
	/** Which cells of the map belong to it. */
	readonly cells: readonly number[]
	/** How much of the rectangle of its spread it fills: about 1 for a square however turned. */
	readonly fill: number
	/** How square it is, from 0 to 1: its shortest spread to its longest. */
	readonly squareness: number
	/** Cells of it that lie at the picture's edge. */
	readonly atEdge: number
}

/** Cells from a place to the paper and the ink that its grey is compared with. */
const surroundings = 5
/** Cells: lines up to twice as wide are not taken for an area. */
const lineWidth = 2
/** What one cell and those around it must span: grey levels, times the noise, of the paper's brightness. */
const leastSpan = { levels: 12, ofNoise: 5, ofPaper: 0.15, ofSurroundings: 0.45 }
const inkShares = { least: 0.27, most: 0.75 }
/** Cells: half of the smallest code that can be read. */
const leastSize = 20
const mostAreas = 5

/** The areas that look most like a code, the likeliest first. */
export function codeAreasOf(map: CellMap): CodeArea[] {
	const { columns, rows, mean, low, high, noise } = map
	const white = mostAround(high, map, surroundings)
	const black = leastAround(low, map, surroundings)
	const [most, least] = [mostAround(high, map, 1), leastAround(low, map, 1)]
	const floor = Math.max(leastSpan.levels, leastSpan.ofNoise * noise)
	const busy = new Uint8Array(mean.length)
	const ink = new Float32Array(mean.length)
	for (let at = 0; at < mean.length; at++) {
		const contrast = (white[at] ?? 0) - (black[at] ?? 0)
		const span = (most[at] ?? 0) - (least[at] ?? 0)
		const needed = Math.max(floor, leastSpan.ofPaper * (white[at] ?? 0), leastSpan.ofSurroundings * contrast)
		if (span >= needed) busy[at] = 1
		ink[at] = contrast === 0 ? 0 : ((white[at] ?? 0) - (mean[at] ?? 0)) / contrast
	}
	const areas = mostAround(leastAround(busy, map, lineWidth), map, lineWidth)
	const share = meanAround(ink, map, lineWidth)
	for (let at = 0; at < areas.length; at++) {
		const value = share[at] ?? 0
		if (value < inkShares.least || value > inkShares.most) areas[at] = 0
	}
	// What the shares tore, and what they left of a line.
	const closed = leastAround(mostAround(areas, map, 1), map, 1)
	const opened = mostAround(leastAround(closed, map, lineWidth), map, lineWidth)
	return likeliest(opened, columns, rows)
}

function likeliest(areas: Uint8Array, columns: number, rows: number): CodeArea[] {
	const seen = new Uint8Array(areas.length)
	const found: CodeArea[] = []
	for (let start = 0; start < areas.length; start++) {
		if (areas[start] !== 1 || seen[start] === 1) continue
		const cells = connected(areas, seen, columns, rows, start)
		if (cells.length < leastSize) continue
		found.push(describe(cells, columns, rows))
	}
	const merit = ({ cells, squareness }: CodeArea) => cells.length * squareness ** 2
	return found.sort((one, other) => merit(other) - merit(one)).slice(0, mostAreas)
}

function connected(
	areas: Uint8Array,
	seen: Uint8Array,
	columns: number,
	rows: number,
	start: number,
): number[] {
	const cells = [start]
	seen[start] = 1
	for (let index = 0; index < cells.length; index++) {
		const at = cells[index] ?? 0
		const column = at % columns
		const visit = (next: number) => {
			if (areas[next] !== 1 || seen[next] === 1) return
			seen[next] = 1
			cells.push(next)
		}
		if (column > 0) visit(at - 1)
		if (column < columns - 1) visit(at + 1)
		if (at >= columns) visit(at - columns)
		if (at < columns * (rows - 1)) visit(at + columns)
	}
	return cells
}

function describe(cells: readonly number[], columns: number, rows: number): CodeArea {
	let [left, top, right, bottom, atEdge] = [columns, rows, 0, 0, 0]
	let [x, y, xx, xy, yy] = [0, 0, 0, 0, 0]
	for (const at of cells) {
		const [column, row] = [at % columns, Math.floor(at / columns)]
		left = Math.min(left, column)
		right = Math.max(right, column + 1)
		top = Math.min(top, row)
		bottom = Math.max(bottom, row + 1)
		if (column === 0 || row === 0 || column === columns - 1 || row === rows - 1) atEdge++
		x += column
		y += row
		xx += column * column
		xy += column * row
		yy += row * row
	}
	const size = cells.length
	const [vx, vy] = [xx / size - (x / size) ** 2, yy / size - (y / size) ** 2]
	const cross = xy / size - (x * y) / size ** 2
	const root = Math.hypot((vx - vy) / 2, cross)
	const middle = (vx + vy) / 2
	const squareness = middle + root === 0 ? 0 : Math.sqrt(Math.max(0, middle - root) / (middle + root))
	const fill = size / (12 * Math.sqrt(Math.max(1e-9, (middle - root) * (middle + root))))
	return { left, top, right, bottom, cells, fill, squareness, atEdge }
}
