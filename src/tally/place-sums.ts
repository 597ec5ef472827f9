/** What the tables of a place add up to, kept by adding and taking away: a table's change costs the same in any place. */
import type { ElectionDefinition } from '../acta/election.ts'
import {
	type Bounds,
	type Extent,
	type PlaceFigures,
	type Sums,
	type TableState,
	tableStates,
} from './figures.ts'
import type { Votes } from './reading.ts'
import type { TableShare } from './table-share.ts'

export class PlaceSums {
	readonly #extents: Record<TableState | 'confirmed', { tables: number; electors: number }>
	readonly #all: number[]
	readonly #confirmed: number[]
	readonly #withoutRulings: number[]
	readonly #least: number[]
	readonly #most: number[]

	/** All its tables are missing: `extent` is theirs. */
	constructor(election: ElectionDefinition, extent: Extent) {
		const none = () => election.candidates.map(() => 0).concat(0, 0)
		const nowhere = () => ({ tables: 0, electors: 0 })
		this.#extents = {
			missing: { ...extent },
			unread: nowhere(),
			counted: nowhere(),
			conflict: nowhere(),
			quarantine: nowhere(),
			void: nowhere(),
			confirmed: nowhere(),
		}
		this.#all = none()
		this.#confirmed = none()
		this.#withoutRulings = none()
		this.#least = none()
		this.#most = none()
	}

	/** A table of the register with so many electors; `sign` of -1 takes it away. */
	noteExtent({ state, isConfirmed }: TableShare, electors: number, sign: 1 | -1): void {
		const states: (TableState | 'confirmed')[] = isConfirmed ? [state, 'confirmed'] : [state]
		for (const one of states) {
			this.#extents[one].tables += sign
			this.#extents[one].electors += sign * electors
		}
	}

	noteVotes({ counted, isConfirmed, countedWithoutRulings, bounds }: TableShare, sign: 1 | -1): void {
		addTo(this.#all, counted, sign)
		if (isConfirmed) addTo(this.#confirmed, counted, sign)
		addTo(this.#withoutRulings, countedWithoutRulings, sign)
		addTo(this.#least, bounds?.least ?? null, sign)
		addTo(this.#most, bounds?.most ?? null, sign)
	}

	figures(election: ElectionDefinition): PlaceFigures {
		const tables = Object.fromEntries(
			tableStates.map((state) => [state, { ...this.#extents[state] }]),
		) as Record<TableState, Extent>
		const ofAll = Object.values(tables)
		return {
			tables,
			extent: {
				tables: ofAll.reduce((sum, { tables: count }) => sum + count, 0),
				electors: ofAll.reduce((sum, { electors }) => sum + electors, 0),
			},
			confirmed: { ...this.#extents.confirmed },
			sums: {
				all: sumsOf(election, this.#all),
				confirmed: sumsOf(election, this.#confirmed),
				withoutRulings: sumsOf(election, this.#withoutRulings),
			},
			bounds: this.#bounds(election),
		}
	}

	/** What all counted tables come to when these are added. */
	allWith(election: ElectionDefinition, added: Votes): Sums {
		return sumsOf(
			election,
			this.#all.map((votes, at) => votes + (added[at] ?? 0)),
		)
	}

	#bounds({ candidates }: ElectionDefinition): Record<string, Bounds> {
		const boundsAt = (at: number): Bounds => {
			const all = this.#all[at] ?? 0
			return { least: all + (this.#least[at] ?? 0), most: all + (this.#most[at] ?? 0) }
		}
		return Object.fromEntries(candidates.map(({ id }, at) => [id, boundsAt(at)]))
	}
}

/** As a place's figures have them. */
export function sumsOf({ candidates }: ElectionDefinition, votes: Votes): Sums {
	return {
		candidates: Object.fromEntries(candidates.map(({ id }, at) => [id, votes[at] ?? 0])),
		nullVotes: votes[candidates.length] ?? 0,
		emptyVotes: votes[candidates.length + 1] ?? 0,
	}
}

export function addTo(sums: number[], votes: Votes | null, sign: 1 | -1): void {
	if (votes === null) return
	for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] ?? 0) + sign * (votes[at] ?? 0)
}
