/**
 * The quick sample: tables that are chosen before the polls, so that nobody can choose them by what they say. Each state
 * has as many as its share of the tables, at least one. It tells which of them have arrived; it projects nothing.
 */
import type { Place } from '../acta/register/places.ts'
import { draw } from './draw.ts'

export interface SampledTable {
	readonly table: string
	/** The state, as the register names it. */
	readonly stratum: string
}

/** In the register's order of states, within each as the seed draws them. */
export function drawQuickSample(country: Place, seed: string, size: number): SampledTable[] {
	const states = [...country.below.values()]
	const counts = states.map(({ tables }) => tables.length)
	const shares = sharesOf(counts, size)
	return states.flatMap(({ name: stratum, tables }, index) => {
		const drawables = tables.map(({ table }) => ({ table, tickets: 1 }))
		return draw(drawables, seed, shares[index] ?? 0).map(({ table }) => ({ table, stratum }))
	})
}

/**
 * How many of `size` each of the strata gets: its share of all, by the largest remainders (of equal ones the first), and
 * at least one; so their sum may be above `size`, by the strata that are smaller than one table's share.
 */
export function sharesOf(strata: readonly number[], size: number): number[] {
	const total = strata.reduce((sum, count) => sum + count, 0)
	const wanted = Math.min(size, total)
	const shares = strata.map((count) => Math.floor((count * wanted) / total))
	let left = wanted - shares.reduce((sum, share) => sum + share, 0)
	const byRemainder = strata
		.map((count, index) => ({ index, remainder: (count * wanted) % total }))
		.sort((a, b) => b.remainder - a.remainder || a.index - b.index)
	for (const { index } of byRemainder) {
		if (left === 0) break
		shares[index] = (shares[index] ?? 0) + 1
		left--
	}
	return shares.map((share) => Math.max(1, share))
}
