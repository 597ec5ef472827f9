/**
 * From grey values to modules. Blur spreads each module over its neighbours; how, and how strongly, is learnt
 * from the modules that are known beforehand, on this very picture: a linear filter that turns the grey values
 * around a module into dark (1) or light (-1) with the least squared error. So it undoes defocus, motion in any
 * direction and uneven print alike, without a model of any of them.
 */

import { BoxSums } from './box-sums.ts'
import type { FlatCode } from './flat-code.ts'
import { LeastSquares } from './least-squares.ts'

/** Half modules looked at to each side of a module's centre. */
const reach = 3
const taps = (2 * reach + 1) ** 2 + 1

/** Modules of the quiet zone that are sampled with the code. */
const quiet = 3

/** Modules over which brightness and contrast are evened out. */
const neighbourhood = 13

export interface Equalised {
	/** Row by row, about 1 for dark and -1 for light. */
	readonly values: Float32Array
	/**
	 * Mean squared error on the modules that are known: under 0.5 for any code that can be read, over 0.85 where
	 * there is no code or it was not hit.
	 */
	readonly residual: number
}

export class Equaliser {
	readonly #size: number
	readonly #known: Int8Array
	readonly #samples: Float32Array
	readonly #width: number

	constructor(code: FlatCode) {
		this.#size = code.layout.size
		this.#known = code.layout.known
		this.#width = 2 * (this.#size + 2 * quiet)
		this.#samples = evened(sampled(code, this.#width), this.#width)
	}

	/** `guess` are the values of an earlier round: what it was sure of teaches too. */
	equalise(guess: Float32Array | null): Equalised {
		const size = this.#size
		const squares = new LeastSquares(taps)
		const row = new Float64Array(taps)
		for (let y = -1; y <= size; y++) {
			for (let x = -1; x <= size; x++) {
				const inside = x >= 0 && y >= 0 && x < size && y < size
				const known = inside ? (this.#known[y * size + x] ?? 0) : -1
				if (!inside) {
					this.#around(x, y, row)
					squares.add(row, known, 0.3)
				} else if (known !== 0) {
					this.#around(x, y, row)
					squares.add(row, known)
				} else if (guess !== null) {
					const value = guess[y * size + x] ?? 0
					if (Math.abs(value) < 0.3) continue
					this.#around(x, y, row)
					squares.add(row, Math.sign(value), Math.min(1, Math.abs(value)))
				}
			}
		}
		const weights = squares.solve(guess === null ? 12 : 4)
		const values = new Float32Array(size * size)
		let [error, count] = [0, 0]
		for (let y = 0; y < size; y++) {
			for (let x = 0; x < size; x++) {
				this.#around(x, y, row)
				let value = 0
				for (let tap = 0; tap < taps; tap++) value += (weights[tap] ?? 0) * (row[tap] ?? 0)
				values[y * size + x] = value
				const known = this.#known[y * size + x] ?? 0
				if (known !== 0) {
					error += (value - known) ** 2
					count++
				}
			}
		}
		return { values, residual: error / count }
	}

	#around(x: number, y: number, row: Float64Array): void {
		const width = this.#width
		const last = width - 1
		let tap = 0
		for (let dy = -reach; dy <= reach; dy++) {
			const v = Math.min(last - 1, Math.max(0, 2 * (y + quiet) + dy))
			for (let dx = -reach; dx <= reach; dx++) {
				const u = Math.min(last - 1, Math.max(0, 2 * (x + quiet) + dx))
				row[tap++] = this.#samples[v * width + u] ?? 0
			}
		}
		row[tap] = 1
	}
}

/** Samples half a module apart, the first on a module's centre; each the mean over half a module. */
function sampled(code: FlatCode, width: number): Float32Array {
	const samples = new Float32Array(width * width)
	for (let y = 0; y < width; y++) {
		for (let x = 0; x < width; x++) {
			const u = (x + 1) / 2 - quiet - code.half
			const v = (y + 1) / 2 - quiet - code.half
			samples[y * width + x] = code.at(u, v)
		}
	}
	return samples
}

/** Dark above 0, light below, by the mean and deviation of the neighbourhood. */
function evened(samples: Float32Array, width: number): Float32Array {
	const sums = new BoxSums(samples, width, width)
	const squares = new BoxSums(
		samples.map((value) => value * value),
		width,
		width,
	)
	const half = neighbourhood
	return samples.map((value, at) => {
		const [x, y] = [at % width, Math.floor(at / width)]
		const box = [
			Math.max(0, x - half),
			Math.max(0, y - half),
			Math.min(width, x + half + 1),
			Math.min(width, y + half + 1),
		] as const
		const count = (box[2] - box[0]) * (box[3] - box[1])
		const mean = sums.sum(...box) / count
		const deviation = Math.sqrt(Math.max(4, squares.sum(...box) / count - mean * mean))
		return (mean - value) / deviation
	})
}
