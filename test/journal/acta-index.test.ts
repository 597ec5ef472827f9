import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry, SignedEntry } from '#src/evidence/entry.js'
import { ActaIndex } from '#src/journal/acta-index.js'

/** What an entry does to the index: an acta of a table with votes, one without a reading, a void, or nothing. */
type Step =
	| { readonly do: 'acta'; readonly table: number; readonly votes: number }
	| { readonly do: 'unread' }
	| { readonly do: 'void'; readonly back: number }
	| { readonly do: 'boot' }

const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({ do: fc.constant('acta' as const), table: fc.nat(9), votes: fc.nat(2) }),
	},
	fc.constant({ do: 'unread' as const }),
	fc.record({ do: fc.constant('void' as const), back: fc.integer({ min: 1, max: 12 }) }),
	fc.constant({ do: 'boot' as const }),
)

const codeOf = (table: number) => `121202007.${String(table).padStart(2, '0')}.1.0001`
const textOf = (table: number, votes: number) => `${codeOf(table)}!${votes}!0!0`

function entryOf(what: Step, seq: number): SignedEntry {
	// The index reads only the fields that are given here.
	const entry = { seq, kind: what.do, ...fieldsOf(what, seq) } as unknown as Entry
	return { text: '', id: '', entry }
}

function fieldsOf(what: Step, seq: number): object {
	switch (what.do) {
		case 'acta':
			return { reading: { text: textOf(what.table, what.votes), code: codeOf(what.table) } }
		case 'unread':
			return { kind: 'acta', reading: { text: null, code: seq % 2 === 0 ? null : codeOf(seq % 10) } }
		case 'void':
			return { voids: { seq: Math.max(1, seq - what.back) } }
		case 'boot':
			return {}
	}
}

interface Known {
	readonly seq: number
	readonly number: number
	readonly table: number | null
	readonly votes: number
}

/** As plainly as can be. */
function plainly(steps: readonly Step[]): readonly Known[] {
	const known: Known[] = []
	const voided = new Set<number>()
	for (const [index, what] of steps.entries()) {
		const seq = index + 1
		const number = known.length + 1
		if (what.do === 'acta') known.push({ seq, number, table: what.table, votes: what.votes })
		if (what.do === 'unread') known.push({ seq, number, table: null, votes: 0 })
		if (what.do === 'void') voided.add(Math.max(1, seq - what.back))
	}
	return known.map((acta) => (voided.has(acta.seq) ? { ...acta, table: null } : acta))
}

test('it knows what a plain list knows', () => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60 }), fc.nat(70), (steps, upTo) => {
			const index = new ActaIndex()
			for (const [at, what] of steps.entries()) index.add(entryOf(what, at + 1))
			const known = plainly(steps)
			expect(index.count).toBe(known.length)
			expect(index.countUpTo(upTo)).toBe(known.filter(({ seq }) => seq <= upTo).length)
			for (let table = 0; table <= 10; table++) {
				const those = known.filter((acta) => acta.table === table)
				expect(index.find(codeOf(table), textOf(table, 1))).toEqual(
					those.map(({ seq, number, votes }) => ({ seq, number, same: votes === 1 })),
				)
			}
		}),
	)
})

test('thousands of tables are found, each with all that was said of it, oldest first', () => {
	const index = new ActaIndex()
	const tables = 5_000
	for (const votes of [0, 1]) {
		for (let table = 0; table < tables; table++) {
			index.add(entryOf({ do: 'acta', table, votes }, votes * tables + table + 1))
		}
	}
	for (let table = 0; table < tables; table++) {
		expect(index.find(codeOf(table), textOf(table, 0))).toEqual([
			{ seq: table + 1, number: table + 1, same: true },
			{ seq: tables + table + 1, number: tables + table + 1, same: false },
		])
	}
	expect(index.find(codeOf(tables), '')).toEqual([])
})
