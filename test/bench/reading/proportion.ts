/** A share of some trials, with the range in which the true share lies 95 times in 100. */
export interface Proportion {
	readonly count: number
	readonly of: number
	readonly share: number
	readonly from: number
	readonly to: number
}

/** Wilson's score interval (E. B. Wilson, 1927): unlike the usual one it holds near 0 and 1. Null for no trials. */
export function proportionOf(count: number, of: number): Proportion | null {
	if (of === 0) return null
	const z = 1.959964
	const share = count / of
	const middle = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of)
	const half = (z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2))) / (1 + z ** 2 / of)
	return { count, of, share, from: Math.max(0, middle - half), to: Math.min(1, middle + half) }
}
