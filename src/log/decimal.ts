/** The sizes and indexes of notes and paths: ASCII, without leading zeros. */

const decimal = /^(?:0|[1-9][0-9]{0,15})$/

/**
 * Null for any other spelling, and above 2^53 - 1, where numbers stop being exact: a tree that large would take a
 * leaf every nanosecond for a hundred days.
 */
export function parseDecimal(text: string): number | null {
	const number = decimal.test(text) ? Number(text) : Number.NaN
	return Number.isSafeInteger(number) ? number : null
}
