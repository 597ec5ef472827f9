/** What the lens and the hand do to a picture of grey values: blur in place, edges repeated. */

export interface Plane {
	readonly width: number
	readonly height: number
	readonly values: Float32Array
}

/** Gaussian blur; `sigma` in pixels. */
export function defocus({ width, height, values }: Plane, sigma: number): void {
	if (sigma < 0.15) return
	const radius = Math.ceil(2.7 * sigma)
	const bell = Array.from({ length: radius + 1 }, (_, at) => Math.exp(-(at ** 2) / (2 * sigma ** 2)))
	const total = bell.reduce((sum, weight, at) => sum + weight * (at === 0 ? 1 : 2), 0)
	const weights = Float32Array.from(bell, (weight) => weight / total)
	const [centre = 1, ...sides] = weights

	const across = new Float32Array(values.length)
	const padded = new Float32Array(width + 2 * radius)
	for (let row = 0; row < height; row++) {
		const start = row * width
		padded.set(values.subarray(start, start + width), radius)
		padded.fill(values[start] ?? 0, 0, radius)
		padded.fill(values[start + width - 1] ?? 0, width + radius)
		for (let x = 0; x < width; x++) across[start + x] = centre * (padded[x + radius] ?? 0)
		sides.forEach((weight, at) => {
			const [before, after] = [radius - at - 1, radius + at + 1]
			addPair(across, start, padded, before, after, width, weight)
		})
	}
	for (let row = 0; row < height; row++) {
		const start = row * width
		for (let x = 0; x < width; x++) values[start + x] = centre * (across[start + x] ?? 0)
		sides.forEach((weight, at) => {
			const [above, below] = [Math.max(0, row - at - 1), Math.min(height - 1, row + at + 1)]
			addPair(values, start, across, above * width, below * width, width, weight)
		})
	}
}

function addPair(
	to: Float32Array,
	toAt: number,
	from: Float32Array,
	one: number,
	other: number,
	count: number,
	weight: number,
): void {
	for (let x = 0; x < count; x++) {
		to[toAt + x] = (to[toAt + x] ?? 0) + weight * ((from[one + x] ?? 0) + (from[other + x] ?? 0))
	}
}

/** The smear of a hand that moved: `length` in pixels, direction in radians. */
export function streak({ width, height, values }: Plane, length: number, direction: number): void {
	if (length < 0.3) return
	const radius = Math.ceil(length / 2) + 1
	const side = 2 * radius + 1
	const weights = new Float32Array(side * side)
	const taps = 2 * Math.ceil(length) + 1
	for (let tap = 0; tap < taps; tap++) {
		const along = (tap / (taps - 1) - 0.5) * length
		const [x, y] = [radius + along * Math.cos(direction), radius + along * Math.sin(direction)]
		const [column, row] = [Math.floor(x), Math.floor(y)]
		for (const [dx, dy] of [
			[0, 0],
			[1, 0],
			[0, 1],
			[1, 1],
		] as const) {
			const share = (dx === 1 ? x - column : column + 1 - x) * (dy === 1 ? y - row : row + 1 - y)
			const at = (row + dy) * side + column + dx
			weights[at] = (weights[at] ?? 0) + share / taps
		}
	}
	const source = values.slice()
	values.fill(0)
	for (let dy = -radius; dy <= radius; dy++) {
		for (let dx = -radius; dx <= radius; dx++) {
			const weight = weights[(dy + radius) * side + dx + radius] ?? 0
			if (weight < 1e-4) continue
			for (let row = 0; row < height; row++) {
				const from = Math.min(height - 1, Math.max(0, row + dy)) * width
				const start = Math.max(0, -dx)
				const count = width - Math.abs(dx)
				addRow(values, row * width + start, source, from + start + dx, count, weight)
				// The columns that the shift leaves open repeat the edge.
				const edge = (source[from + (dx < 0 ? 0 : width - 1)] ?? 0) * weight
				const open = row * width + (dx < 0 ? 0 : count)
				for (let x = 0; x < Math.abs(dx); x++) values[open + x] = (values[open + x] ?? 0) + edge
			}
		}
	}
}

function addRow(
	to: Float32Array,
	toAt: number,
	from: Float32Array,
	fromAt: number,
	count: number,
	weight: number,
): void {
	for (let x = 0; x < count; x++) to[toAt + x] = (to[toAt + x] ?? 0) + weight * (from[fromAt + x] ?? 0)
}
