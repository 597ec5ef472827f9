/** The middle of many measurements, and what all but one in twenty stay under. */
export interface Spread {
	readonly median: number
	readonly p95: number
}

/** Throws on an empty list: a benchmark that measured nothing must not print a figure. */
export function spreadOf(values: readonly number[]): Spread {
	if (values.length === 0) throw new Error('nothing was measured')
	const sorted = values.toSorted((one, other) => one - other)
	const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
	return { median: at(0.5), p95: at(0.95) }
}
