/** What a tally must say, from what is said by hand: all that is left out is nothing. */
import { sha256 } from './seeded-key.ts'
import { type Counts, election, registerOf } from './tally-ledger.ts'

type State = 'missing' | 'unread' | 'counted' | 'conflict' | 'quarantine' | 'void'

export interface Expected {
	/** Of the register; the rest is missing. */
	readonly states: Readonly<Record<string, State>>
	readonly confirmed?: readonly string[]
	readonly unlisted?: Readonly<Partial<Record<State, number>>>
	readonly unreadPapers?: number
	readonly all?: Counts
	readonly sumsOfConfirmed?: Counts
	/** Where it is another than `all`. */
	readonly withoutRulings?: Counts
	/** Least and most of A, then of B, where they are others than `all`. */
	readonly bounds?: readonly [readonly [number, number], readonly [number, number]]
	readonly contradicting?: readonly object[]
	readonly rulings?: readonly [counted: number, inForce: number, single: number]
}

export function figuresOf(expected: Expected, tables: Readonly<Record<string, number>>): object {
	const {
		states,
		confirmed = [],
		unlisted = {},
		unreadPapers = 0,
		all = [0, 0],
		sumsOfConfirmed = [0, 0],
	} = expected
	const { withoutRulings = all, contradicting = [], rulings = [0, 0, 0] } = expected
	const [a, b] = all
	const [ofA, ofB] = expected.bounds ?? [
		[a, a],
		[b, b],
	]
	const extent = (own: readonly string[]) => ({
		tables: own.length,
		electors: own.reduce((sum, table) => sum + (tables[table] ?? 0), 0),
	})
	const inState = (state: State) =>
		extent(Object.keys(tables).filter((table) => (states[table] ?? 'missing') === state))
	const sums = ([votesA, votesB, nullVotes = 0, emptyVotes = 0]: Counts) => {
		return { candidates: { A: votesA, B: votesB }, nullVotes, emptyVotes }
	}
	const bytes = registerOf(tables)
	return {
		election: election.id,
		register: { sha256: sha256(bytes).toString('hex'), ...extent(Object.keys(tables)) },
		tables: {
			missing: inState('missing'),
			unread: inState('unread'),
			counted: inState('counted'),
			conflict: inState('conflict'),
			quarantine: inState('quarantine'),
			void: inState('void'),
		},
		confirmed: extent(confirmed),
		unlisted: { unread: 0, counted: 0, conflict: 0, quarantine: 0, void: 0, ...unlisted },
		unreadPapers,
		sums: { all: sums(all), confirmed: sums(sumsOfConfirmed), withoutRulings: sums(withoutRulings) },
		bounds: { A: { least: ofA[0], most: ofA[1] }, B: { least: ofB[0], most: ofB[1] } },
		contradicting,
		rulings: { counted: rulings[0], inForce: rulings[1], single: rulings[2] },
	}
}
