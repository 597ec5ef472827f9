/** How a flat grid of modules lies on curled paper seen askew: a polynomial displacement, fitted to points. */
import { LeastSquares } from './least-squares.ts'
import type { Point } from './patch.ts'

export type Warp = (u: number, v: number) => Point

export interface Pin {
	/** Modules from the centre of the code. */
	readonly at: Point
	/** By how much it was seen displaced, modules. */
	readonly by: Point
	readonly weight: number
}

const terms: readonly ((u: number, v: number) => number)[] = [
	() => 1,
	(u) => u,
	(_, v) => v,
	(u, v) => u * v,
	(u) => u * u,
	(_, v) => v * v,
	(u, v) => u * u * v,
	(u, v) => u * v * v,
	(u) => u ** 3,
	(_, v) => v ** 3,
]

/** Terms of each degree of polynomial; `bilinear` is what a camera sees of flat paper, nearly. */
export const degrees = { affine: 3, bilinear: 4, quadratic: 6, cubic: 10 } as const

/** `half` is half the side of the grid, which scales the terms to 1. */
export function fitWarp(
	pins: readonly Pin[],
	half: number,
	degree: keyof typeof degrees,
	stiffness: number,
): Warp {
	const count = degrees[degree]
	const across = new LeastSquares(count)
	const down = new LeastSquares(count)
	const row = new Float64Array(count)
	const fill = (u: number, v: number) => {
		for (let term = 0; term < count; term++) row[term] = terms[term]?.(u / half, v / half) ?? 0
	}
	for (const { at, by, weight } of pins) {
		fill(at.x, at.y)
		across.add(row, by.x, weight)
		down.add(row, by.y, weight)
	}
	const [dx, dy] = [across.solve(stiffness), down.solve(stiffness)]
	return (u, v) => {
		fill(u, v)
		let [x, y] = [u, v]
		for (let term = 0; term < count; term++) {
			x += (dx[term] ?? 0) * (row[term] ?? 0)
			y += (dy[term] ?? 0) * (row[term] ?? 0)
		}
		return { x, y }
	}
}
