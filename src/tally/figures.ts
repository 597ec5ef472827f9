/** What a tally gives: states, sums and bounds, as `provisioning/verify/COUNTING.md` defines them. */

export const tableStates = ['missing', 'unread', 'counted', 'conflict', 'quarantine', 'void'] as const
export type TableState = (typeof tableStates)[number]

/** How a version was read. */
export type Method = 'qr' | 'ocr' | 'people'

/** A figure's denominators. */
export interface Extent {
	readonly tables: number
	readonly electors: number
}

export interface Sums {
	/** By the candidate's id, in the election's order. */
	readonly candidates: Readonly<Record<string, number>>
	readonly nullVotes: number
	readonly emptyVotes: number
}

export interface Bounds {
	readonly least: number
	readonly most: number
}

/** Who contradicts others: a device or a station. */
export interface Contradicting {
	readonly id: string
	readonly shared: number
	readonly differs: number
}

/** Of a place, or of the whole country. */
export interface PlaceFigures {
	/** Over the tables of the register; they add up to `extent`. */
	readonly tables: Readonly<Record<TableState, Extent>>
	readonly extent: Extent
	/** Of the counted. */
	readonly confirmed: Extent
	readonly sums: { readonly all: Sums; readonly confirmed: Sums; readonly withoutRulings: Sums }
	/** By candidate. */
	readonly bounds: Readonly<Record<string, Bounds>>
}

export interface NationalFigures extends PlaceFigures {
	readonly election: string
	readonly register: (Extent & { readonly sha256: string }) | null
	readonly unlisted: Readonly<Record<Exclude<TableState, 'missing'>, number>>
	readonly unreadPapers: number
	readonly contradicting: readonly Contradicting[]
	readonly rulings: { readonly counted: number; readonly inForce: number; readonly single: number }
}

/** As all verifiers give them, their keys in one order: `extent` is that of the register. */
export function publishedFigures({
	extent: _,
	...figures
}: NationalFigures): Omit<NationalFigures, 'extent'> {
	const { election, register, tables, confirmed, unlisted, unreadPapers, sums, bounds } = figures
	const { contradicting, rulings } = figures
	return {
		...{ election, register, tables, confirmed, unlisted, unreadPapers, sums, bounds },
		...{ contradicting, rulings },
	}
}
