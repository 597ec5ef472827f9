/** Sums over any rectangle of a plane in four look-ups: running sums from the top left corner. */
export class BoxSums {
	/** One row and column more than the plane: each the sum of what lies above and to the left. */
	readonly sums: Float64Array
	readonly row: number

	constructor(values: ArrayLike<number>, width: number, height: number) {
		const row = width + 1
		const sums = new Float64Array(row * (height + 1))
		for (let y = 0; y < height; y++) {
			let sum = 0
			for (let x = 0; x < width; x++) {
				sum += values[y * width + x] ?? 0
				sums[(y + 1) * row + x + 1] = (sums[y * row + x + 1] ?? 0) + sum
			}
		}
		this.sums = sums
		this.row = row
	}

	/** The sum over whole columns and rows, the last ones not included; edges must lie in the plane. */
	sum(left: number, top: number, right: number, bottom: number): number {
		const { sums, row } = this
		return (
			(sums[bottom * row + right] ?? 0) -
			(sums[top * row + right] ?? 0) -
			(sums[bottom * row + left] ?? 0) +
			(sums[top * row + left] ?? 0)
		)
	}
}
