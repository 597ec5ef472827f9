/**
 * Where in a picture a QR code may be, without reading it: a square full of contrast in which dark and light are
 * balanced. Text has as many edges, but a fifth of its area is ink at most.
 */
import { BoxSums } from './box-sums.ts'
import type { Grey } from './grey.ts'

export interface Region {
	/** Pixels of the picture. */
	readonly x: number
	readonly y: number
	/** About the code's side, within a factor of two. */
	readonly side: number
}

/** Pixels along a block's side: several modules, at the sizes that can be read. */
const block = 16

/** Of each second pixel: a quarter of the work, and the variance is the same. */
const step = 2

/** Blocks along the side of what is taken for a code's inside: most of the smallest code that can be read. */
const patch = 5

/** Standard deviation as a share of the brightness; twice the noise of a poor camera on a white page. */
const leastContrast = 0.06

/** At most `count` regions, the likeliest first. None in a picture without contrast. */
export function codeLikeRegions({ plane, width, height }: Grey, count: number): Region[] {
	const columns = Math.floor(width / block)
	const rows = Math.floor(height / block)
	if (columns < 3 || rows < 3) {
		const side = Math.max(width, height)
		return side < 21 ? [] : [{ x: width / 2, y: height / 2, side }]
	}
	const variances = new Float32Array(columns * rows)
	const means = new Float32Array(columns * rows)
	const samples = (block / step) ** 2
	for (let row = 0; row < rows; row++) {
		for (let column = 0; column < columns; column++) {
			let sum = 0
			let squares = 0
			for (let y = row * block; y < (row + 1) * block; y += step) {
				const from = y * width + column * block
				for (let at = from; at < from + block; at += step) {
					const value = plane[at] ?? 0
					sum += value
					squares += value * value
				}
			}
			const mean = sum / samples
			means[row * columns + column] = mean
			variances[row * columns + column] = squares / samples - mean * mean
		}
	}
	// The quietest fifth shows nothing but noise. Against the brightness, since light falls off across a frame.
	const noise = 1.3 * (Float32Array.from(variances).sort()[Math.floor(variances.length / 5)] ?? 0)
	const deviations = variances.map(
		(variance, at) => Math.sqrt(Math.max(0, variance - noise)) / ((means[at] ?? 0) + 16),
	)
	return densest(deviations, columns, rows, count)
}

/** The squares that gather the most above a threshold, each found after what is under the last was cleared. */
function densest(deviations: Float32Array, columns: number, rows: number, count: number): Region[] {
	// What a code's inside has; the paper's edge has as much, but in a line and not in a patch.
	const high = highestPatch(deviations, columns, rows)
	if (high < leastContrast) return []
	const regions: Region[] = []
	const gains = deviations.map((deviation) => Math.min(deviation, high) - 0.5 * high)
	for (let index = 0; index < count; index++) {
		const sums = new BoxSums(gains, columns, rows)
		let best = { gain: 0, column: 0, row: 0, side: 0 }
		const largest = Math.min(columns, rows)
		for (let side = 3; side <= largest; side += Math.max(1, Math.floor(side / 8))) {
			for (let row = 0; row + side <= rows; row++) {
				for (let column = 0; column + side <= columns; column++) {
					const gain = sums.sum(column, row, column + side, row + side)
					if (gain > best.gain) best = { gain, column, row, side }
				}
			}
		}
		if (best.side === 0) break
		const { column, row, side } = best
		regions.push({ x: (column + side / 2) * block, y: (row + side / 2) * block, side: side * block })
		for (let y = row; y < row + side; y++) {
			gains.fill(-high, y * columns + column, y * columns + column + side)
		}
	}
	return regions
}

/** The highest mean of five by five blocks, or of what there is. */
function highestPatch(deviations: Float32Array, columns: number, rows: number): number {
	const sums = new BoxSums(deviations, columns, rows)
	const [wide, tall] = [Math.min(patch, columns), Math.min(patch, rows)]
	let highest = 0
	for (let row = 0; row + tall <= rows; row++) {
		for (let column = 0; column + wide <= columns; column++) {
			highest = Math.max(highest, sums.sum(column, row, column + wide, row + tall))
		}
	}
	return highest / (wide * tall)
}
