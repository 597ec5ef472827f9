/**
 * Weights that best turn rows of numbers into targets (ridge regression): the normal equations, gathered row by
 * row and solved by Cholesky's decomposition.
 */
export class LeastSquares {
	readonly #size: number
	readonly #matrix: Float64Array
	readonly #target: Float64Array

	constructor(size: number) {
		this.#size = size
		this.#matrix = new Float64Array(size * size)
		this.#target = new Float64Array(size)
	}

	add(row: ArrayLike<number>, target: number, weight = 1): void {
		const [size, matrix] = [this.#size, this.#matrix]
		for (let i = 0; i < size; i++) {
			const value = weight * (row[i] ?? 0)
			if (value === 0) continue
			const at = i * size
			for (let j = 0; j <= i; j++) matrix[at + j] = (matrix[at + j] ?? 0) + value * (row[j] ?? 0)
			this.#target[i] = (this.#target[i] ?? 0) + value * target
		}
	}

	/** `ridge` keeps weights small that the rows say little about; larger than 0, there is always a solution. */
	solve(ridge: number): Float64Array {
		const [size, factor] = [this.#size, this.#matrix.slice()]
		for (let i = 0; i < size; i++) {
			factor[i * size + i] = (factor[i * size + i] ?? 0) + ridge
			for (let j = 0; j <= i; j++) {
				let sum = factor[i * size + j] ?? 0
				for (let k = 0; k < j; k++) sum -= (factor[i * size + k] ?? 0) * (factor[j * size + k] ?? 0)
				factor[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (factor[j * size + j] ?? 1)
			}
		}
		const solution = this.#target.slice()
		for (let i = 0; i < size; i++) {
			let sum = solution[i] ?? 0
			for (let k = 0; k < i; k++) sum -= (factor[i * size + k] ?? 0) * (solution[k] ?? 0)
			solution[i] = sum / (factor[i * size + i] ?? 1)
		}
		for (let i = size - 1; i >= 0; i--) {
			let sum = solution[i] ?? 0
			for (let k = i + 1; k < size; k++) sum -= (factor[k * size + i] ?? 0) * (solution[k] ?? 0)
			solution[i] = sum / (factor[i * size + i] ?? 1)
		}
		return solution
	}
}
