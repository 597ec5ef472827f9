import type { Grey } from '../decode-grey.ts'
import type { CellMap } from './cell-map.ts'
import type { CodeArea } from './code-area.ts'
import { quantile } from './histogram.ts'

export interface CodeMeasures {
	/** Pixels from one change between dark and light to the next, brought to a module's side. */
	readonly modulePixels: number
	/** Grey levels between ink and paper. */
	readonly contrast: number
	/** The grey level of bare paper. */
	readonly white: number
	/**
	 * Standard deviation of the blur in pixels, as a bell curve that would leave as much of the edges, in the
	 * direction in which the least is left: a hand's shake blurs in one.
	 */
	readonly blurPixels: number
}

/** Rows and columns of the area that are walked along, at most. */
const mostLines = 160

/**
 * In a code half of the borders between modules are changes, so a line meets one each two modules, and the
 * square root of two more often when the code lies askew: 0.6 a module is in between.
 */
const changesPerModule = 0.6

export function measureCode({ plane, width, height }: Grey, map: CellMap, area: CodeArea): CodeMeasures {
	const { cell, columns } = map
	const [left, right] = [area.left * cell, Math.min(area.right * cell, width - 1)]
	const [top, bottom] = [area.top * cell, Math.min(area.bottom * cell, height - 1)]
	const mask = new Uint8Array(columns * map.rows)
	for (const at of area.cells) mask[at] = 1
	const inside = (x: number, y: number) => mask[Math.floor(y / cell) * columns + Math.floor(x / cell)] === 1
	const step = Math.max(1, Math.ceil(Math.max(right - left, bottom - top) / mostLines))

	const histogram = new Uint32Array(256)
	const slopes = [0, 0, 0, 0]
	let count = 0
	for (let y = Math.max(1, top); y < bottom; y += step) {
		for (let x = Math.max(1, left); x < right; x++) {
			if (!inside(x, y)) continue
			const at = y * width + x
			const value = plane[at] ?? 0
			histogram[value] = (histogram[value] ?? 0) + 1
			const [across, down] = [(plane[at + 1] ?? 0) - value, (plane[at + width] ?? 0) - value]
			const [falling, rising] = [(plane[at + width + 1] ?? 0) - value, (plane[at + width - 1] ?? 0) - value]
			slopes[0] = (slopes[0] ?? 0) + across * across
			slopes[1] = (slopes[1] ?? 0) + down * down
			slopes[2] = (slopes[2] ?? 0) + (falling * falling) / 2
			slopes[3] = (slopes[3] ?? 0) + (rising * rising) / 2
			count++
		}
	}
	if (count === 0) return { modulePixels: 0, contrast: 0, white: 0, blurPixels: 0 }
	const [black, white] = [quantile(histogram, count, 0.04), quantile(histogram, count, 0.96)]
	const contrast = white - black
	const middle = (white + black) / 2

	let [changes, walked] = [0, 0]
	const walk = (
		from: number,
		stride: number,
		length: number,
		x: number,
		y: number,
		dx: number,
		dy: number,
	) => {
		let side = 0
		for (let step = 0; step < length; step++) {
			if (!inside(x + dx * step, y + dy * step)) {
				side = 0
				continue
			}
			const value = plane[from + step * stride] ?? 0
			walked++
			const now = value < middle - contrast * 0.1 ? -1 : value > middle + contrast * 0.1 ? 1 : side
			if (side !== 0 && now !== side) changes++
			side = now
		}
	}
	for (let y = top; y < bottom; y += step) walk(y * width + left, 1, right - left, left, y, 1, 0)
	for (let x = left; x < right; x += step) walk(top * width + x, width, bottom - top, x, top, 0, 1)

	const rate = changes / Math.max(1, walked)
	const least = Math.max(1, Math.min(...slopes) / count - 2 * map.noise ** 2)
	return {
		modulePixels: rate === 0 ? Number.POSITIVE_INFINITY : changesPerModule / rate,
		contrast,
		white,
		blurPixels: (rate * contrast ** 2) / (2 * Math.sqrt(Math.PI) * least),
	}
}
