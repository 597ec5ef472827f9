import { expect, test } from 'vitest'
import { countedTable, digestOfCounts } from '#src/sampling/population.js'
import { verdictByPeople, worseOf } from '#src/sampling/verdict-by-people.js'
import type { TableDetail, TableEntry } from '#src/tally/table-detail.js'

const [table, elsewhere] = ['121202007.01', '121202007.02']
const [said, otherwise] = [`${table}.1.0001!1,2!0!0`, `${table}.1.0001!1,3!0!0`]
const drawn = countedTable(table, 'confirmed', digestOfCounts(said))

/** A table whose version a machine read, and what people read in one entry of it. */
function read(entry: Partial<TableEntry>, methods: readonly ('qr' | 'people')[] = ['qr']): TableDetail {
	const whole = { standing: 'good', isExcluded: false, peopleText: said, peopleTable: table, ...entry }
	return { table, versions: [{ text: said, methods }], entries: [whole] } as unknown as TableDetail
}

test('what two stations read in a good entry decides: the same counts of the same table', () => {
	expect(verdictByPeople(drawn, read({}))).toBe('match')
	expect(verdictByPeople(drawn, read({ peopleText: otherwise }))).toBe('differs')
	expect(verdictByPeople(drawn, read({ peopleTable: elsewhere }))).toBe('differs')
	expect(verdictByPeople(drawn, read({ peopleText: null }))).toBe('open')
	expect(verdictByPeople(drawn, undefined)).toBe('open')
})

test('entries that count for nothing say nothing, and what people alone read is not compared with itself', () => {
	for (const entry of [{ standing: 'void' }, { standing: 'disowned' }, { isExcluded: true }] as const) {
		expect(verdictByPeople(drawn, read({ ...entry, peopleText: otherwise }))).toBe('open')
		expect(verdictByPeople(drawn, read(entry))).toBe('open')
	}
	expect(verdictByPeople(drawn, read({}, ['people']))).toBe('open')
	expect(verdictByPeople(drawn, read({}, ['qr', 'people']))).toBe('match')
})

test('of two verdicts the worse one holds, and one that is open says nothing', () => {
	expect(worseOf('open', 'match')).toBe('match')
	expect(worseOf('match', 'not-found')).toBe('not-found')
	expect(worseOf('differs', 'match')).toBe('differs')
	expect(worseOf('open', 'open')).toBe('open')
})
