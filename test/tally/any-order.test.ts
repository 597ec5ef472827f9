import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placesOf } from '#src/acta/register/places.js'
import { tableStates } from '#src/tally/figures.js'
import { Tally } from '#src/tally/tally.js'
import {
	devices,
	give,
	scripts,
	smallElection,
	smallRegister,
	stations,
	type TallyObject,
} from './objects.ts'
import { Reference } from './reference.ts'

/** A script, the order in which it comes, and after how many objects somebody looks. */
const arrivals = scripts.chain((objects) =>
	fc.record({
		objects: fc.constant(objects),
		order: fc.shuffledSubarray([...objects], { minLength: objects.length }),
		looks: fc.subarray(objects.map((_, at) => at)),
	}),
)

test('in whatever order objects come, and whenever somebody looks, the tally is what COUNTING.md says of the set', () => {
	fc.assert(
		fc.property(arrivals, ({ objects, order, looks }) => {
			const [tally, other] = [
				new Tally(smallElection, smallRegister),
				new Tally(smallElection, smallRegister),
			]
			for (const object of objects) give(other, object)
			for (const [at, object] of order.entries()) {
				give(tally, object)
				if (looks.includes(at)) tally.figures()
			}
			const reference = new Reference(smallElection, smallRegister, objects)
			expect(tally.figures()).toEqual(reference.figures())
			for (const table of [...smallRegister.tables.keys(), ...tally.unlistedTables()]) {
				expect(tally.table(table)).toEqual(other.table(table))
			}
			for (const place of [...placesOf(smallRegister).below.values()]) {
				expect(tally.placeFigures(place.path)).toEqual(reference.place(place.tables))
			}
			for (const signer of [...devices, ...stations]) {
				expect(tally.sumsWithout(signer)).toEqual(reference.sumsWithout(signer))
			}
		}),
		{ numRuns: 120 },
	)
})

test('a half of the objects, then all: each time every table is in one state, and the denominators add up', () => {
	fc.assert(
		fc.property(scripts, (objects) => {
			const tally = new Tally(smallElection, smallRegister)
			const half = Math.floor(objects.length / 2)
			for (const part of [objects.slice(0, half), objects.slice(half), objects]) {
				for (const object of part) give(tally, object)
				holdsTogether(tally)
			}
			expect(tally.figures()).toEqual(figuresOf(objects))
		}),
		{ numRuns: 60 },
	)
})

function figuresOf(objects: readonly TallyObject[]) {
	return new Reference(smallElection, smallRegister, objects).figures()
}

function holdsTogether(tally: Tally): void {
	const { tables, extent, confirmed, bounds, sums, unlisted } = tally.figures()
	const listed = tableStates.map((state) =>
		[...tally.tablesIn(state)].filter((table) => smallRegister.tables.has(table)),
	)
	expect(listed.flat().sort()).toEqual([...smallRegister.tables.keys()].sort())
	for (const [at, state] of tableStates.entries()) expect(tables[state].tables).toBe(listed[at]?.length)
	expect(extent).toEqual({ tables: smallRegister.tables.size, electors: smallRegister.electors })
	expect(confirmed.tables).toBeLessThanOrEqual(tables.counted.tables)
	expect([...tally.unlistedTables()]).toHaveLength(
		Object.values(unlisted).reduce((sum, count) => sum + count, 0),
	)
	for (const [id, { least, most }] of Object.entries(bounds)) {
		expect(least).toBeGreaterThanOrEqual(sums.all.candidates[id] ?? 0)
		expect(most).toBeGreaterThanOrEqual(least)
	}
	// The country is the sum of its parts, and of what is in no register.
	const states = [...placesOf(smallRegister).below.keys()].map((state) => tally.placeFigures([state]))
	const parts = states.reduce((sum, state) => sum + (state?.tables.counted.electors ?? 0), 0)
	expect(parts).toBe(tables.counted.electors)
	for (const table of [...smallRegister.tables.keys(), ...tally.unlistedTables()]) {
		expect(tally.table(table)?.state).toBe(tally.stateOf(table))
	}
}
