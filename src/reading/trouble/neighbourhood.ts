/** The least, the most and the mean of the square around each cell of a map, `reach` cells each way. */

export interface Extent {
	readonly columns: number
	readonly rows: number
}

export function mostAround(values: Uint8Array, { columns, rows }: Extent, reach: number): Uint8Array {
	const result = values.slice()
	for (let row = 0; row < rows; row++) mostAlong(result, row * columns, 1, columns, reach)
	for (let column = 0; column < columns; column++) mostAlong(result, column, columns, rows, reach)
	return result
}

export function leastAround(values: Uint8Array, extent: Extent, reach: number): Uint8Array {
	const turned = values.map((value) => 255 - value)
	return mostAround(turned, extent, reach).map((value) => 255 - value)
}

/** In place, along one line. Windows grow by doubling, so the reach costs next to nothing. */
function mostAlong(values: Uint8Array, start: number, stride: number, length: number, reach: number): void {
	// Nought is never the most: it stands for what lies beyond the line.
	const line = new Uint8Array(length + 2 * reach)
	for (let at = 0; at < length; at++) line[at + reach] = values[start + at * stride] ?? 0
	const window = 2 * reach + 1
	let span = 1
	while (span < window) {
		const further = Math.min(span, window - span)
		for (let at = 0; at + further < line.length; at++) {
			const other = line[at + further] ?? 0
			if (other > (line[at] ?? 0)) line[at] = other
		}
		span += further
	}
	for (let at = 0; at < length; at++) values[start + at * stride] = line[at] ?? 0
}

export function meanAround(values: Float32Array, { columns, rows }: Extent, reach: number): Float32Array {
	const across = meanAlong(values, rows, columns, columns, 1, reach)
	return meanAlong(across, columns, 1, rows, columns, reach)
}

function meanAlong(
	values: Float32Array,
	lines: number,
	jump: number,
	length: number,
	stride: number,
	reach: number,
): Float32Array {
	const result = new Float32Array(values.length)
	for (let line = 0; line < lines; line++) {
		const start = line * jump
		let [sum, count] = [0, 0]
		for (let at = -reach; at < length; at++) {
			if (at + reach < length) {
				sum += values[start + (at + reach) * stride] ?? 0
				count++
			}
			if (at > reach) {
				sum -= values[start + (at - reach - 1) * stride] ?? 0
				count--
			}
			if (at >= 0) result[start + at * stride] = sum / count
		}
	}
	return result
}
