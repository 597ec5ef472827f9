/** How a flat grid of modules lies on curled paper seen askew: a polynomial displacement, fitted to points. */
import { LeastSquares } from './least-squares.ts'
import type { Point } from './patch.ts'

export interface Pin {
	/** Modules from the centre of the code. */
	readonly at: Point
	/** By how much it was seen displaced, modules. */
	readonly by: Point
	readonly weight: number
}

/** Terms of each kind of bend. */
const degrees = { affine: 3, quadratic: 6, cubic: 10, waved: 13 } as const

export class Warp {
	/** Half the side of the grid, modules, which scales the terms to 1. */
	readonly #half: number
	readonly #across: Float64Array
	readonly #down: Float64Array
	readonly #terms: Float64Array

	private constructor(half: number, across: Float64Array, down: Float64Array) {
		this.#half = half
		this.#across = across
		this.#down = down
		this.#terms = new Float64Array(across.length)
	}

	/** Everything where a flat grid has it. */
	static flat(half: number): Warp {
		return new Warp(half, new Float64Array(1), new Float64Array(1))
	}

	/** The nearest to all pins; `stiffness` holds against the bend that few pins ask for. */
	static through(pins: readonly Pin[], half: number, degree: keyof typeof degrees, stiffness: number): Warp {
		const across = new LeastSquares(degrees[degree])
		const down = new LeastSquares(degrees[degree])
		const row = new Float64Array(degrees[degree])
		for (const { at, by, weight } of pins) {
			fill(row, at.x / half, at.y / half)
			across.add(row, by.x, weight)
			down.add(row, by.y, weight)
		}
		return new Warp(half, across.solve(stiffness), down.solve(stiffness))
	}

	/** Where a place of the flat grid is seen. */
	place(u: number, v: number): Point {
		const terms = this.#terms
		fill(terms, u / this.#half, v / this.#half)
		let [x, y] = [u, v]
		for (let term = 0; term < terms.length; term++) {
			x += (this.#across[term] ?? 0) * (terms[term] ?? 0)
			y += (this.#down[term] ?? 0) * (terms[term] ?? 0)
		}
		return { x, y }
	}
}

/** As many terms as there is room for: constant, linear, quadratic, cubic. */
function fill(terms: Float64Array, u: number, v: number): void {
	terms[0] = 1
	if (terms.length < 3) return
	terms[1] = u
	terms[2] = v
	if (terms.length < 6) return
	terms[3] = u * v
	terms[4] = u * u
	terms[5] = v * v
	if (terms.length < 10) return
	terms[6] = u * u * v
	terms[7] = u * v * v
	terms[8] = u * u * u
	terms[9] = v * v * v
	if (terms.length < 13) return
	// A strip curls along its length: its waves are many down the strip and none across.
	terms[10] = v ** 4
	terms[11] = v ** 5
	terms[12] = u * v * v * v
}
