import type { Grey } from '../decode-grey.ts'
import { quantile } from './histogram.ts'

export interface CellMap {
	/** Pixels along a cell's side. */
	readonly cell: number
	readonly columns: number
	readonly rows: number
	/** Of each cell, row by row, from 16 samples of two by two pixels: their mean, the darkest, the brightest. */
	readonly mean: Uint8Array
	readonly low: Uint8Array
	readonly high: Uint8Array
	/** Standard deviation of the camera's noise, grey levels, as the quieter cells show it. */
	readonly noise: number
}

/** Pixels: a code that can be read at all is over ten cells wide. */
const usualCell = 8

/** Cells become larger in a picture that would have more: the work has a bound. */
const mostCells = 100_000

/** Samples along a cell's side. */
const samples = 4

/** Without rows or columns where a picture is less than a cell high or wide. */
export function cellMapOf({ plane, width, height }: Grey): CellMap {
	const cell = Math.max(usualCell, Math.ceil(Math.sqrt((width * height) / mostCells)))
	const [columns, rows] = [Math.floor(width / cell), Math.floor(height / cell)]
	const count = columns * rows
	const mean = new Uint8Array(count)
	const [low, high] = [new Uint8Array(count), new Uint8Array(count)]
	const roughness = new Float32Array(count)
	const step = Math.floor(cell / samples)
	for (let row = 0; row < rows; row++) {
		for (let column = 0; column < columns; column++) {
			let [sum, least, most, differences] = [0, 255, 0, 0]
			for (let down = 0; down < samples; down++) {
				let at = (row * cell + down * step) * width + column * cell
				for (let across = 0; across < samples; across++, at += step) {
					const [one, other] = [plane[at] ?? 0, plane[at + 1] ?? 0]
					// Four pixels together have half the noise of one.
					const value = (one + other + (plane[at + width] ?? 0) + (plane[at + width + 1] ?? 0)) >> 2
					sum += value
					differences += (one - other) ** 2
					if (value < least) least = value
					if (value > most) most = value
				}
			}
			const at = row * columns + column
			mean[at] = sum / samples ** 2
			low[at] = least
			high[at] = most
			roughness[at] = differences / samples ** 2
		}
	}
	return { cell, columns, rows, mean, low, high, noise: noiseOf(roughness, mean) }
}

/** Where the sensor is full or empty it shows no noise. */
function noiseOf(roughness: Float32Array, mean: Uint8Array): number {
	const finest = 4
	const histogram = new Uint32Array(4096)
	let count = 0
	for (let at = 0; at < mean.length; at++) {
		const level = mean[at] ?? 0
		if (level < 3 || level > 245) continue
		const step = Math.min(histogram.length - 1, Math.floor(finest * (roughness[at] ?? 0)))
		histogram[step] = (histogram[step] ?? 0) + 1
		count++
	}
	// The difference of two has twice the variance of one.
	return Math.sqrt(quantile(histogram, count, 1 / 3) / finest / 2)
}
