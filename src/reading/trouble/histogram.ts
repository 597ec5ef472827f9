/** The least value that `share` of `count` values do not exceed; each is counted in the histogram at its place. */
export function quantile(histogram: Uint32Array, count: number, share: number): number {
	let sum = 0
	for (let value = 0; value < histogram.length; value++) {
		sum += histogram[value] ?? 0
		if (sum >= share * count) return value
	}
	return histogram.length - 1
}

export function histogramOf(levels: Uint8Array): Uint32Array {
	const histogram = new Uint32Array(256)
	for (const level of levels) histogram[level] = (histogram[level] ?? 0) + 1
	return histogram
}
