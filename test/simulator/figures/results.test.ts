import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatPayload, parsePayload } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { parseResults, type ResultRow } from '#src/simulator/figures/results.js'
import { actaOf, sampleResults } from '#src/simulator/figures/tables.js'
import { sharedData } from '../../support/shared-data.ts'

const head = 'EDO,MUN,PAR,CENTRO,MESA,RE,VOTOS_VALIDOS,VOTOS_NULOS,EG,NM,LM,JABE,JOBR,AE,CF,DC,EM,BERA'
const good = 'DTTO. CAPITAL,MP. UNO,PQ. DOS,10113042,1,666,364,0,232,120,5,0,0,3,1,1,0,2'

function parse(...lines: string[]) {
	return parseResults(lines.join('\n'), presidential2024)
}

/** Votes by candidate as the actas' cards add up. */
function tally(rows: readonly ResultRow[]): Record<string, number> {
	const sums: Record<string, number> = {}
	for (const row of rows) {
		const acta = actaOf(row, presidential2024)
		presidential2024.cards.forEach(({ candidate }, index) => {
			sums[candidate] = (sums[candidate] ?? 0) + (acta.votes[index] ?? 0)
		})
	}
	return sums
}

test('reads a row: byte-order mark, quotes, CRLF, other columns, a short centre', () => {
	const { rows, faults } = parse(
		`\uFEFFCOD_EDO,${head},URL\r`,
		`1,"DTTO. ""CAPITAL"", X",${good.slice(good.indexOf(',') + 1)},https://example.org/a.jpg\r`,
		'',
	)
	expect(faults).toEqual([])
	expect(rows).toMatchObject([
		{
			centro: '010113042',
			mesa: '01',
			nullVotes: 0,
			place: { state: 'DTTO. "CAPITAL", X', municipality: 'MP. UNO', parish: 'PQ. DOS', electors: 666 },
		},
	])
	expect(rows[0]?.votes.get('EG')).toBe(232)
})

describe('a bad line is named and the others are read', () => {
	const bad: [string, string, string][] = [
		['too few fields', 'a,b,c', 'wrong-column-count'],
		['an open quote', good.replace('MP. UNO', '"MP. UNO'), 'wrong-column-count'],
		['a centre with letters', good.replace('10113042', '1011304x'), 'bad-field'],
		['a centre too short', good.replace('10113042', '101130'), 'bad-field'],
		['table 0', good.replace(',1,666', ',0,666'), 'bad-field'],
		['a negative count', good.replace(',232,', ',-232,'), 'bad-field'],
		['a count in words', good.replace(',232,', ',many,'), 'bad-field'],
		['a count that no form prints', good.replace(',232,', ',10000,'), 'bad-field'],
		['a control character', good.replace('PQ. DOS', 'PQ.\u0007DOS'), 'bad-field'],
		['a sum that is not the sum', good.replace(',364,', ',365,'), 'bad-sum'],
		['the same table again', good, 'repeated'],
	]
	test.each(bad)('%s', (_, line, code) => {
		const other = good.replace(',1,666', ',2,666')
		const { rows, faults } = parse(head, good, line, other)
		expect(faults).toMatchObject([{ code, line: 3 }])
		expect(rows.map(({ mesa }) => mesa)).toEqual(['01', '02'])
	})

	test('missing columns, each by name', () => {
		const { rows, faults } = parse('EDO,MUN,PAR,CENTRO', good)
		expect(rows).toEqual([])
		expect(faults).toHaveLength(14)
		expect(faults[0]).toMatchObject({ code: 'missing-column', line: 1 })
		expect(parseResults('', presidential2024).faults).toHaveLength(18)
	})
})

test('the sample has every state, and its actas add up to the published votes', async () => {
	const rows = await sampleResults(presidential2024)
	expect(rows.length).toBeGreaterThan(290)
	expect(new Set(rows.map(({ place }) => place.state)).size).toBe(24)
	for (const row of rows) {
		const acta = actaOf(row, presidential2024)
		expect(acta).toEqual(actaOf(row, presidential2024))
		const parsed = parsePayload(Buffer.from(formatPayload(acta)), presidential2024)
		expect(parsed).toEqual({ ok: true, value: acta })
		for (const { id } of presidential2024.candidates) {
			const sum = acta.votes.reduce(
				(total, votes, index) => total + (presidential2024.cards[index]?.candidate === id ? votes : 0),
				0,
			)
			expect(sum).toBe(row.votes.get(id))
		}
	}
})

test.skipIf(sharedData === null)(
	`the whole of 2024 gives the published sums${sharedData === null ? ' (skipped: no shared data here)' : ''}`,
	async () => {
		const file = join(sharedData ?? '', 'results-2024.csv')
		const { rows, faults } = parseResults(await readFile(file, 'utf8'), presidential2024)
		expect(faults).toEqual([])
		expect(rows).toHaveLength(24_532)
		expect(new Set(rows.map(({ centro }) => centro)).size).toBe(12_817)
		expect(tally(rows)).toEqual({
			EG: 7_156_462,
			NM: 3_241_461,
			LM: 84_446,
			JABE: 19_966,
			JOBR: 21_583,
			AE: 49_603,
			CF: 12_321,
			DC: 10_308,
			EM: 25_570,
			BERA: 37_408,
		})
		expect(rows.reduce((sum, { nullVotes }) => sum + nullVotes, 0)).toBe(1_139)
		const longest = Math.max(...rows.map((row) => formatPayload(actaOf(row, presidential2024)).length))
		expect(longest).toBeLessThanOrEqual(108)
	},
)
