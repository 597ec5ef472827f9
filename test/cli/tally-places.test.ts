import { parse } from 'csv-parse/sync'
import { expect, test, vi } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Register, RegisteredTable } from '#src/acta/register/register.js'
import { printAll } from '#src/cli/output.js'
import { csvOf } from '#src/cli/tally-csv.js'
import { figureLines, nationalLines, rowLines } from '#src/cli/tally-lines.js'
import { placeNamed, rowsOf } from '#src/cli/tally-places.js'
import { smallElection } from '../tally/objects.ts'
import { TallyMaker } from '../tally/tally-maker.ts'

const place = (
	state: string,
	municipality: string,
	centro: string,
	mesa: string,
	electors: number,
): RegisteredTable => ({
	...{
		state,
		municipality,
		parish: 'P',
		centro,
		mesa,
		electors,
		table: `${centro}.${mesa}`,
		centroName: '=SUM(A1)',
	},
})
const rows = [
	place('NORTE', 'UNO', '121202007', '01', 500),
	place('NORTE', 'UNO', '121202007', '02', 400),
	place('NORTE', 'DOS', '121202008', '01', 300),
	place('SUR', 'UNO', '131202008', '01', 900),
]
const register: Register = {
	tables: new Map(rows.map((row) => [row.table, row])),
	electors: 2_100,
	sha256: 'f'.repeat(64),
}
const { first, second, counts } = TallyMaker

function desk(): TallyMaker {
	return new TallyMaker(register)
		.scan('k1', 1, first)
		.scan('k2', 1, first)
		.scan('k1', 2, second)
		.scan('k2', 2, `131202008.01.1.0001!${counts(5, 1)}!0!0`)
		.scan('k1', 3, `131202008.01.1.0001!${counts(1, 5)}!0!0`)
		.scan('k1', 4, `999999999.01.1.0001!${counts(7, 0)}!0!0`)
}

function csv(lines: readonly string[]): Record<string, string>[] {
	return parse(lines.join('\n'), { columns: true })
}

test('by state: counted, denominators, sums, and a lead against the electors of what is not counted', () => {
	const { tally } = desk()
	const [norte, sur, ...more] = csv(csvOf(rowsOf(tally, tally.country, 'state'), presidential2024))
	expect(norte).toMatchObject({
		...{ level: 'state', state: 'NORTE', municipality: '', mesa: '', tables: '3', electors: '1200' },
		...{ 'counted tables': '2', 'counted electors': '900', 'missing tables': '1', 'confirmed tables': '1' },
		...{ 'votes NM': '56', 'votes EG': '137', 'votes nullVotes': '2', 'confirmed EG': '117', lead: '81' },
		...{ 'uncounted electors': '300', 'least EG': '137', 'most EG': '137' },
	})
	expect(sur).toMatchObject({ 'conflict tables': '1', 'votes EG': '0', 'least EG': '1', 'most EG': '5' })
	expect(more).toEqual([])
})

test('by table, those outside the register last and with no electors', () => {
	const { tally } = desk()
	const lines = csv(csvOf(rowsOf(tally, tally.country, 'table'), presidential2024))
	const shown = lines.map(({ centro, mesa, tableState, methods, listed }) => [
		centro,
		mesa,
		tableState,
		methods,
		listed,
	])
	expect(shown).toEqual([
		['121202007', '01', 'counted', 'qr', 'yes'],
		['121202007', '02', 'counted', 'qr', 'yes'],
		['121202008', '01', 'missing', '', 'yes'],
		['131202008', '01', 'conflict', '', 'yes'],
		['999999999', '01', 'counted', 'qr', 'no'],
	])
	expect(lines.at(-1)).toMatchObject({ tables: '0', electors: '0', 'votes NM': '7' })
})

test('no cell of a name is a formula to a spreadsheet', () => {
	const { tally } = desk()
	const [line] = csv(csvOf(rowsOf(tally, tally.country, 'centro'), presidential2024))
	expect(line?.['centroName']).toBe("'=SUM(A1)")
})

test('a place is named by its level, and within others where that is not enough', () => {
	const { country } = desk().tally
	expect(placeNamed(country, [])).toBe(country)
	expect(placeNamed(country, ['municipality/DOS'])?.path).toEqual(['NORTE', 'DOS'])
	expect(placeNamed(country, ['municipality/UNO', 'state/SUR'])?.path).toEqual(['SUR', 'UNO'])
	expect(() => placeNamed(country, ['municipality/UNO'])).toThrow('has 2: NORTE / UNO; SUR / UNO')
	expect(() => placeNamed(country, ['state/ESTE'])).toThrow('no such place')
	expect(() => placeNamed(country, ['country/X'])).toThrow('begins with none of state/')
	expect(() => placeNamed(null, ['state/NORTE'])).toThrow('--register')
	const { tally } = desk()
	const norte = placeNamed(tally.country, ['state/NORTE'])
	expect(rowsOf(tally, norte, 'municipality').map(({ path }) => path)).toEqual([
		['NORTE', 'UNO'],
		['NORTE', 'DOS'],
	])
	expect(() => rowsOf(tally, placeNamed(tally.country, ['centro/121202008']), 'state')).toThrow('wider')
})

test('for a person: every figure beside its denominators, and whether the rest could change the order', () => {
	const { tally } = desk()
	const figures = tally.figures()
	const lines = figureLines('The register', figures, presidential2024)
	expect(lines[0]).toBe(
		'The register: 2 of 4 tables (900 of 2100 electors) counted, of these 1 tables (500 electors) confirmed',
	)
	expect(lines.at(-1)).toContain(
		'by 74 votes; the tables not counted have 1200 electors: they could change the order',
	)
	expect(nationalLines(tally, figures)).toEqual([
		'Outside the register 1 tables, in the national sums: 0 unread, 1 counted, 0 conflict, 0 quarantine, 0 void',
	])
	const [head, norte] = rowLines(rowsOf(tally, tally.country, 'state'), presidential2024)
	expect(head).toMatch(/electors not counted$/)
	expect(norte).toMatch(/^NORTE +2 +3 +900 +1200 /)
})

test('two hundred thousand lines are set out and printed, where a call takes no such number of arguments', () => {
	const { tally } = desk()
	const [row] = rowsOf(tally, tally.country, 'state')
	if (row === undefined) throw new Error('no row')
	const lines = rowLines(new Array(200_000).fill(row), smallElection)
	expect(lines).toHaveLength(200_001)
	const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
	try {
		printAll(lines)
		expect(
			write.mock.calls
				.map(([text]) => text)
				.join('')
				.split('\n'),
		).toHaveLength(lines.length + 1)
	} finally {
		write.mockRestore()
	}
})
