/** One that contradicts every table, and what takes it away again. */
import { expect, test } from 'vitest'
import type { Register, RegisteredTable } from '#src/acta/register/register.js'
import { TallyChanges } from '#src/tally/tally-changes.js'
import { TallyMaker } from './tally-maker.ts'

const tableCount = 300
const honest = Array.from({ length: 10 }, (_, at) => `k-${at}`)

const rows = Array.from({ length: tableCount }, (_, at): RegisteredTable => {
	const [centro, mesa] = [String(100_000_000 + Math.floor(at / 10)), String(1 + (at % 10)).padStart(2, '0')]
	const where = { state: `S${at % 3}`, municipality: 'M', parish: 'P', centroName: '' }
	return { ...where, table: `${centro}.${mesa}`, centro, mesa, electors: 1_000 }
})
const register: Register = {
	tables: new Map(rows.map((row) => [row.table, row])),
	electors: 1_000 * tableCount,
	sha256: '0'.repeat(64),
}
const textOf = ({ table }: RegisteredTable, first: number, second: number) =>
	`${table}.1.0001!${TallyMaker.counts(first, second)}!1!2`

/** Each table by one of the honest devices, the tenth part of them by two. */
function scanned(): TallyMaker {
	const desk = new TallyMaker(register)
	for (const [at, row] of rows.entries()) {
		desk.scan(honest[at % 10] ?? '', at + 1, textOf(row, 10, 20))
		if (at % 10 === 0) desk.scan('k-1', 1_000 + at, textOf(row, 10, 20))
	}
	return desk
}

test('a device that contradicts every table: bounds hold both, it is listed first, one revocation restores every sum', () => {
	const desk = scanned()
	const before = desk.figures
	expect(before.sums.all.candidates).toMatchObject({ NM: 10 * tableCount, EG: 20 * tableCount })
	for (const [at, row] of rows.entries()) desk.scan('k-hostile', at + 1, textOf(row, 90, 0))

	const during = desk.figures
	expect(during.tables.conflict).toEqual({ tables: tableCount, electors: 1_000 * tableCount })
	expect(during.sums.all.candidates).toMatchObject({ NM: 0, EG: 0 })
	expect(during.bounds).toMatchObject({
		NM: { least: 10 * tableCount, most: 90 * tableCount },
		EG: { least: 0, most: 20 * tableCount },
	})
	expect(during.contradicting[0]).toEqual({ id: 'k-hostile', shared: tableCount, differs: tableCount })
	// Whom it contradicts differs too, on what it has.
	expect(during.contradicting).toHaveLength(11)
	expect(desk.tally.sumsWithout('k-hostile')).toEqual(before.sums.all)
	const { revision } = desk.tally

	desk.revoke('k-hostile', 0)
	expect(desk.figures).toEqual(before)
	expect(desk.tally.changedSince(revision)?.size).toBe(tableCount)
	expect(desk.summary.quarantined).toHaveLength(tableCount)
})

test('one station alone changes nothing of what a machine read; it is listed, and gone when it is revoked', () => {
	const desk = scanned()
	const before = desk.figures
	for (const [at, row] of rows.entries()) {
		desk.answer('s-hostile', at + 1, [honest[at % 10] ?? '', at + 1], textOf(row, 90, 0))
	}
	const during = desk.figures
	expect({ ...during, contradicting: [] }).toEqual(before)
	expect(during.contradicting).toEqual([{ id: 's-hostile', shared: tableCount, differs: tableCount }])
	desk.revoke('s-hostile', 0)
	expect(desk.figures).toEqual(before)
})

test('a station that differs on what only people can read puts papers in dispute; revoked, they are as before', () => {
	const desk = new TallyMaker(register)
	for (const [at, row] of rows.entries()) {
		const paper = ['k-0', at + 1] as const
		desk.scan(...paper, null)
		for (const station of ['s-1', 's-2']) desk.answer(station, at + 1, paper, textOf(row, 10, 20))
	}
	const before = desk.figures
	expect(before.tables.counted.tables).toBe(tableCount)
	expect(before.confirmed.tables).toBe(0)
	for (const [at, row] of rows.entries()) desk.answer('s-3', at + 1, ['k-0', at + 1], textOf(row, 0, 50))
	const during = desk.figures
	expect(during.tables.conflict.tables).toBe(tableCount)
	// Its paper may not have come at all: the least is nothing.
	expect(during.bounds).toMatchObject({
		EG: { least: 0, most: 50 * tableCount },
		NM: { least: 0, most: 10 * tableCount },
	})
	expect(desk.tally.sumsWithout('s-3')).toEqual(before.sums.all)
	desk.revoke('s-3', 0)
	expect(desk.figures).toEqual(before)
})

test('a change is told by its tables alone, and of what is too long ago nothing', () => {
	const desk = scanned()
	const { revision } = desk.tally
	expect(desk.tally.changedSince(revision)).toEqual(new Set())
	const [row] = rows
	if (row === undefined) throw new Error('no rows')
	desk.scan('k-9', 5_000, textOf(row, 10, 20))
	expect(desk.tally.changedSince(revision)).toEqual(new Set([row.table]))

	const changes = new TallyChanges()
	changes.note('1.1')
	for (let time = 0; time < 250_000; time++) changes.note(time % 2 === 0 ? '2.2' : null)
	expect(changes.revision).toBe(250_001)
	expect(changes.since(0)).toBeNull()
	expect(changes.since(250_000)).toEqual(new Set())
	expect(changes.since(249_999)).toEqual(new Set(['2.2']))
})
