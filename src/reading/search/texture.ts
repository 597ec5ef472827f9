import type { Grey } from '../decode-grey.ts'
import { BoxSums } from './box-sums.ts'

export interface Region {
	/** Pixels of the picture. */
	readonly x: number
	readonly y: number
	/** About the code's side, within a factor of two. */
	readonly side: number
}

/** Pixels along a block's side: several modules, at the sizes that can be read. */
const block = 16

/** Of each second pixel, or each fourth of a large picture: a quarter of the work, and the variance is the same. */
const stepOf = (pixels: number) => (pixels > 6_000_000 ? 4 : 2)

/** Blocks along the side of what is taken for a code's inside: most of the smallest code that can be read. */
const patch = 5

/** Standard deviation as a share of the brightness; twice the noise of a poor camera on a white page. */
const leastContrast = 0.06

/** At most `count` regions, the likeliest first. None in a picture without contrast. */
export function codeLikeRegions(picture: Grey, count: number): Region[] {
	const { plane, width, height } = picture
	if (Math.min(width, height) < 3 * block) {
		const side = Math.max(width, height)
		return side < 21 ? [] : [{ x: width / 2, y: height / 2, side }]
	}
	return densest(textureOf(picture, block, stepOf(plane.length)), count)
}

/** At most `count` regions that look as one known to be a code does, of the same size and not at its place. */
export function regionsLike(picture: Grey, known: Region, count: number): Region[] {
	const across = 6
	const size = Math.max(4, Math.round(known.side / across))
	const texture = textureOf(picture, size, Math.max(1, Math.floor(size / 5)))
	const { columns, rows, deviations } = texture
	const place = (middle: number, blocks: number) =>
		Math.max(0, Math.min(blocks - across, Math.round(middle / size - across / 2)))
	const [left, top] = [place(known.x, columns), place(known.y, rows)]
	if (columns < across || rows < across) return []
	const high =
		new BoxSums(deviations, columns, rows).sum(left, top, left + across, top + across) / across ** 2
	const gains = deviations.map((deviation) => Math.min(deviation, high))
	clear(gains, columns, rows, left - across / 2, top - across / 2, 2 * across)
	const regions: Region[] = []
	for (let index = 0; index < count; index++) {
		const best = densestOf(gains, columns, rows, [across])
		if (best.gain < 0.75 * high * across ** 2) break
		regions.push(regionOf(best, size))
		clear(gains, columns, rows, best.column, best.row, across)
	}
	return regions
}

interface Texture {
	/** Of each block: the standard deviation as a share of the brightness, without the noise. */
	readonly deviations: Float32Array
	readonly columns: number
	readonly rows: number
	/** Pixels along a block's side. */
	readonly size: number
}

function textureOf({ plane, width, height }: Grey, size: number, step: number): Texture {
	const columns = Math.floor(width / size)
	const rows = Math.floor(height / size)
	const variances = new Float32Array(columns * rows)
	const means = new Float32Array(columns * rows)
	const samples = Math.ceil(size / step) ** 2
	for (let row = 0; row < rows; row++) {
		for (let column = 0; column < columns; column++) {
			let sum = 0
			let squares = 0
			for (let y = row * size; y < (row + 1) * size; y += step) {
				const from = y * width + column * size
				for (let at = from; at < from + size; at += step) {
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
	return { deviations, columns, rows, size }
}

/**
 * The squares that gather the most above a threshold. What was found is cleared before the next is looked for, so
 * that a poster in full contrast hides no faded print.
 */
function densest({ deviations, columns, rows, size }: Texture, count: number): Region[] {
	const sides: number[] = []
	for (let side = 3; side <= Math.min(columns, rows); side += Math.max(1, side >> 3)) sides.push(side)
	const regions: Region[] = []
	for (let index = 0; index < count; index++) {
		// What a code's inside has; the paper's edge has as much, but in a line and not in a patch.
		const high = highestPatch(deviations, columns, rows)
		if (high < leastContrast) break
		const gains = deviations.map((deviation) => Math.min(deviation, high) - 0.5 * high)
		const best = densestOf(gains, columns, rows, sides)
		if (best.gain === 0) break
		regions.push(regionOf(best, size))
		clear(deviations, columns, rows, best.column, best.row, best.side)
	}
	return regions
}

interface Square {
	readonly gain: number
	/** Blocks. */
	readonly column: number
	readonly row: number
	readonly side: number
}

function densestOf(gains: Float32Array, columns: number, rows: number, sides: readonly number[]): Square {
	const sums = new BoxSums(gains, columns, rows)
	let best: Square = { gain: 0, column: 0, row: 0, side: 0 }
	for (const side of sides) {
		const stride = Math.max(1, Math.floor(side / 10))
		for (let row = 0; row + side <= rows; row += stride) {
			for (let column = 0; column + side <= columns; column += stride) {
				const gain = sums.sum(column, row, column + side, row + side)
				if (gain > best.gain) best = { gain, column, row, side }
			}
		}
	}
	return best
}

function regionOf({ column, row, side }: Square, size: number): Region {
	return { x: (column + side / 2) * size, y: (row + side / 2) * size, side: side * size }
}

function clear(
	values: Float32Array,
	columns: number,
	rows: number,
	left: number,
	top: number,
	side: number,
): void {
	const [from, to] = [Math.max(0, left), Math.min(columns, left + side)]
	for (let y = Math.max(0, top); y < Math.min(rows, top + side); y++) {
		values.fill(0, y * columns + from, y * columns + to)
	}
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
