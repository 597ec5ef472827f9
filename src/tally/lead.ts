/** Who is before whom at the counted tables of a place, and whether what is not counted could change that. Pure. */
import type { Extent, NationalFigures, PlaceFigures } from './figures.ts'

/** Of a place, or of the country with what is in no register. */
type LedFigures = PlaceFigures & Partial<Pick<NationalFigures, 'unlisted'>>

export interface Uncounted extends Extent {
	/** Tables outside the register: nobody knows their electors. */
	readonly unlisted: number
}

/** Tables that are not counted: what a lead stands against. */
export function uncounted({ extent, tables, unlisted }: LedFigures): Uncounted {
	const { counted, ...others } = unlisted ?? { counted: 0 }
	return {
		tables: extent.tables - tables.counted.tables,
		electors: extent.electors - tables.counted.electors,
		unlisted: Object.values(others).reduce((sum, count) => sum + count, 0),
	}
}

export interface Lead {
	/** Candidates; with as many votes in the election's order. */
	readonly first: string
	readonly second: string | null
	/** 0: as many votes as each other. */
	readonly votes: number
	readonly couldChange: boolean
}

/** Null where all have no votes. */
export function leadOf(figures: LedFigures): Lead | null {
	const [first, second] = Object.entries(figures.sums.all.candidates).sort(
		([, one], [, other]) => other - one,
	)
	if (first === undefined || first[1] === 0) return null
	const votes = first[1] - (second?.[1] ?? 0)
	const { tables, electors, unlisted } = uncounted(figures)
	const couldChange = unlisted > 0 || (tables > 0 && electors >= votes)
	return { first: first[0], second: second?.[0] ?? null, votes, couldChange }
}
