/**
 * A strip of paper, or a stretch of one, as ink coverage: 0 is bare paper, 1 is full black. Lengths are in
 * modules of the QR code, across from the left edge and down from the top of the whole strip, so a drawing
 * is the same at every resolution; what lies outside the stretch is left out.
 */
import type { Point } from '../../reading/search/patch.ts'
import type { Outline, Typeface } from './typeface.ts'

export interface Lettering {
	readonly face: Typeface
	/** Height of the em in modules. */
	readonly size: number
}

interface Stamp {
	readonly left: number
	readonly top: number
	readonly width: number
	readonly coverage: Float32Array
}

/** Places within a pixel that a letter can start at: enough for even spacing. */
const phases = 4

export class InkSheet {
	/** Pixels. */
	readonly width: number
	readonly height: number
	readonly pixelsPerModule: number
	/** Where the first row lies on the whole strip, in modules. */
	readonly top: number
	/** Row by row, `width * height` values. */
	readonly ink: Float32Array
	readonly #stamps = new Map<Typeface, Map<string, Stamp>>()

	constructor(area: { width: number; top: number; bottom: number }, pixelsPerModule: number) {
		this.pixelsPerModule = pixelsPerModule
		this.top = area.top
		this.width = Math.ceil(area.width * pixelsPerModule)
		this.height = Math.max(1, Math.ceil((area.bottom - area.top) * pixelsPerModule))
		this.ink = new Float32Array(this.width * this.height)
	}

	rectangle(left: number, top: number, right: number, bottom: number): void {
		const [x0, x1] = [this.#column(left), this.#column(right)]
		const [y0, y1] = [Math.max(0, this.#row(top)), Math.min(this.height, this.#row(bottom))]
		for (let y = Math.floor(y0); y < y1; y++) {
			const share = Math.min(y + 1, y1) - Math.max(y, y0)
			for (let x = Math.max(0, Math.floor(x0)); x < Math.min(this.width, x1); x++) {
				this.#add(x, y, share * (Math.min(x + 1, x1) - Math.max(x, x0)))
			}
		}
	}

	/** The line round a rectangle, drawn inwards. */
	frame(left: number, top: number, right: number, bottom: number, thickness: number): void {
		this.rectangle(left, top, right, top + thickness)
		this.rectangle(left, bottom - thickness, right, bottom)
		this.rectangle(left, top + thickness, left + thickness, bottom - thickness)
		this.rectangle(right - thickness, top + thickness, right, bottom - thickness)
	}

	/** One line of text on the baseline `y`, starting, centred or ending at `x`. */
	text(text: string, { face, size }: Lettering, x: number, y: number, align: Align = 'left'): void {
		const row = Math.round(this.#row(y))
		if (row < -size * this.pixelsPerModule || row > this.height + size * this.pixelsPerModule) return
		let pen = x - (align === 'left' ? 0 : face.width(text) * size * (align === 'right' ? 1 : 0.5))
		for (const character of text) {
			const place = Math.round(pen * this.pixelsPerModule * phases)
			const column = Math.floor(place / phases)
			this.#press(this.#stamp(face, size, character, place - column * phases), column, row)
			pen += face.glyph(character).advance * size
		}
	}

	/** A line drawn by hand through the points, with round ends. `thickness` in modules. */
	stroke(points: readonly Point[], thickness: number, strength = 1): void {
		const half = (thickness * this.pixelsPerModule) / 2
		points.slice(1).forEach((to, index) => {
			const from = points[index] ?? to
			const [ax, ay] = [this.#column(from.x), this.#row(from.y)]
			const [bx, by] = [this.#column(to.x), this.#row(to.y)]
			const length = (bx - ax) ** 2 + (by - ay) ** 2
			const lastRow = Math.min(this.height - 1, Math.ceil(Math.max(ay, by) + half))
			const lastColumn = Math.min(this.width - 1, Math.ceil(Math.max(ax, bx) + half))
			for (let y = Math.max(0, Math.floor(Math.min(ay, by) - half - 1)); y <= lastRow; y++) {
				for (let x = Math.max(0, Math.floor(Math.min(ax, bx) - half - 1)); x <= lastColumn; x++) {
					const [px, py] = [x + 0.5 - ax, y + 0.5 - ay]
					const along = length === 0 ? 0 : (px * (bx - ax) + py * (by - ay)) / length
					const t = Math.min(1, Math.max(0, along))
					const distance = Math.hypot(px - t * (bx - ax), py - t * (by - ay))
					const coverage = strength * Math.min(1, Math.max(0, half + 0.5 - distance))
					const at = y * this.width + x
					if (coverage > (this.ink[at] ?? 0)) this.ink[at] = coverage
				}
			}
		})
	}

	#column(x: number): number {
		return x * this.pixelsPerModule
	}

	#row(y: number): number {
		return (y - this.top) * this.pixelsPerModule
	}

	#add(x: number, y: number, coverage: number): void {
		const at = y * this.width + x
		this.ink[at] = Math.min(1, (this.ink[at] ?? 0) + coverage)
	}

	#stamp(face: Typeface, size: number, character: string, phase: number): Stamp {
		let stamps = this.#stamps.get(face)
		if (stamps === undefined) {
			stamps = new Map()
			this.#stamps.set(face, stamps)
		}
		const key = `${size} ${phase} ${character}`
		let stamp = stamps.get(key)
		if (stamp === undefined) {
			stamp = fill(face.glyph(character).outline, size * this.pixelsPerModule, phase / phases)
			stamps.set(key, stamp)
		}
		return stamp
	}

	#press({ left, top, width, coverage }: Stamp, column: number, row: number): void {
		for (let at = 0; at < coverage.length; at++) {
			const value = coverage[at] ?? 0
			const x = column + left + (at % width)
			const y = row + top + Math.floor(at / width)
			if (value > 0 && x >= 0 && x < this.width && y >= 0 && y < this.height) this.#add(x, y, value)
		}
	}
}

export type Align = 'left' | 'centre' | 'right'

/**
 * How much of each pixel lies inside the outline, exactly: every edge adds the signed area to its right, and a
 * running sum along each row gives the coverage.
 */
function fill(outline: Outline, pixelsPerEm: number, shift: number): Stamp {
	const xs = outline.flatMap((polygon) => [...polygon.filter((_, at) => at % 2 === 0)])
	const ys = outline.flatMap((polygon) => [...polygon.filter((_, at) => at % 2 === 1)])
	if (xs.length === 0) return { left: 0, top: 0, width: 1, coverage: new Float32Array(0) }
	const left = Math.floor(Math.min(...xs) * pixelsPerEm + shift)
	const top = Math.floor(Math.min(...ys) * pixelsPerEm)
	const width = Math.ceil(Math.max(...xs) * pixelsPerEm + shift) - left + 2
	const height = Math.ceil(Math.max(...ys) * pixelsPerEm) - top + 1
	const area = new Float32Array(width * height)
	for (const polygon of outline) {
		for (let at = 0; at < polygon.length; at += 2) {
			const next = (at + 2) % polygon.length
			edge(
				area,
				width,
				(polygon[at] ?? 0) * pixelsPerEm + shift - left,
				(polygon[at + 1] ?? 0) * pixelsPerEm - top,
				(polygon[next] ?? 0) * pixelsPerEm + shift - left,
				(polygon[next + 1] ?? 0) * pixelsPerEm - top,
			)
		}
	}
	for (let row = 0; row < height; row++) {
		let sum = 0
		for (let x = 0; x < width; x++) {
			sum += area[row * width + x] ?? 0
			area[row * width + x] = Math.min(1, Math.abs(sum))
		}
	}
	return { left, top, width, coverage: area }
}

/** Walks one edge from pixel to pixel. */
function edge(area: Float32Array, width: number, x0: number, y0: number, x1: number, y1: number): void {
	if (y0 === y1) return
	const cuts = [0, 1]
	cut(cuts, x0, x1)
	cut(cuts, y0, y1)
	cuts.sort((one, other) => one - other)
	for (let piece = 1; piece < cuts.length; piece++) {
		const [from, to] = [cuts[piece - 1] ?? 0, cuts[piece] ?? 1]
		if (to <= from) continue
		const middle = (from + to) / 2
		const x = x0 + (x1 - x0) * middle
		const column = Math.floor(x)
		const at = Math.floor(y0 + (y1 - y0) * middle) * width + column
		const rise = (y1 - y0) * (to - from)
		area[at] = (area[at] ?? 0) + rise * (column + 1 - x)
		area[at + 1] = (area[at + 1] ?? 0) + rise * (x - column)
	}
}

/** Where, as a share of the way, an edge passes from one pixel into the next. */
function cut(cuts: number[], from: number, to: number): void {
	for (let line = Math.ceil(Math.min(from, to)); line < Math.max(from, to); line++) {
		const share = (line - from) / (to - from)
		if (share > 0 && share < 1) cuts.push(share)
	}
}
