import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import {
	formatRegister,
	longestRegister,
	parseRegister,
	parseRegisterInTurns,
} from '#src/acta/register/canonical.js'

const header = 'state,municipality,parish,centro,mesa,electors'
const row = 'Miranda,Río Hondo,San Blas,130101001,01,612'

function parse(text: string | Uint8Array) {
	return parseRegister(typeof text === 'string' ? Buffer.from(text) : text, presidential2024)
}

/** The fault's code and line; each fault is one line with the remedy. */
function faultOf(text: string | Uint8Array): string {
	const parsed = parse(text)
	if (parsed.ok) return 'none'
	expect(parsed.fault.detail).toMatch(/^line \d+: [^\n]+; have "testigo register check" make it anew$/)
	return `${parsed.fault.code} ${parsed.fault.line}`
}

test('tables in the order of the file, with what they add up to and the digest of the file', () => {
	const text = `${header},centroName\n${row},"Escuela ""El Roble"", sector 2"\nMiranda,Río Hondo,San Blas,130101002,01,88,\n`
	const parsed = parse(text)
	if (!parsed.ok) throw new Error(parsed.fault.detail)
	const { tables, electors, sha256 } = parsed.value
	expect([...tables.keys()]).toEqual(['130101001.01', '130101002.01'])
	expect(tables.get('130101001.01')).toEqual({
		table: '130101001.01',
		centro: '130101001',
		mesa: '01',
		state: 'Miranda',
		municipality: 'Río Hondo',
		parish: 'San Blas',
		centroName: 'Escuela "El Roble", sector 2',
		electors: 612,
	})
	expect(electors).toBe(700)
	expect(sha256).toMatch(/^[0-9a-f]{64}$/)
	expect(formatRegister(tables.values())).toBe(text)
})

describe('refused, with the line', () => {
	test.each([
		['no bytes', '', 'wrong-header 1'],
		['a BOM', `\ufeff${header}\n${row}\n`, 'wrong-header 1'],
		[
			'another order of columns',
			`municipality,state,parish,centro,mesa,electors\n${row}\n`,
			'wrong-header 1',
		],
		['semicolons', `${header.replaceAll(',', ';')}\n${row.replaceAll(',', ';')}\n`, 'wrong-header 1'],
		['carriage returns', `${header}\r\n${row}\r\n`, 'wrong-header 1'],
		['a carriage return in a line', `${header}\n${row}\r\n`, 'not-canonical 2'],
		['no table', `${header}\n`, 'no-tables 1'],
		['only a header without an end', header, 'not-canonical 1'],
		['a last line without an end', `${header}\n${row}`, 'not-canonical 2'],
		['an empty line', `${header}\n${row}\n\n`, 'not-canonical 3'],
		['a cell too few', `${header}\n${row.replace(',612', '')}\n`, 'not-canonical 2'],
		['a cell too many', `${header}\n${row},x\n`, 'not-canonical 2'],
		['quotes that nothing needs', `${header}\n${row.replace('Miranda', '"Miranda"')}\n`, 'not-canonical 2'],
		['quotes that do not close', `${header}\n${row}\n"${row}\n`, 'not-canonical 3'],
		['a line break in quotes', `${header}\n${row.replace('Miranda', '"Mi\nranda"')}\n`, 'not-canonical 2'],
		['a control character', `${header}\n${row.replace('Río', 'Río\u0007')}\n`, 'bad-cell 2'],
		['a mark that is not seen', `${header}\n${row.replace('Río', '\ufeffRío')}\n`, 'bad-cell 2'],
		['a cell without end', `${header}\n${row.replace('Río', 'í'.repeat(201))}\n`, 'bad-cell 2'],
		['no state', `${header}\n${row.replace('Miranda', '')}\n`, 'bad-place 2'],
		['a space before a place', `${header}\n${row.replace('Río', ' Río')}\n`, 'bad-place 2'],
		['a lost zero', `${header}\n${row.replace('130101001', '13010101')}\n`, 'bad-centro 2'],
		['digits of another script', `${header}\n${row.replace('130101001', '13010100١')}\n`, 'bad-centro 2'],
		['table 0', `${header}\n${row.replace(',01,', ',00,')}\n`, 'bad-mesa 2'],
		['table 1', `${header}\n${row.replace(',01,', ',1,')}\n`, 'bad-mesa 2'],
		['no electors', `${header}\n${row.replace('612', '0')}\n`, 'bad-electors 2'],
		['a zero before electors', `${header}\n${row.replace('612', '0612')}\n`, 'bad-electors 2'],
		[
			'more electors than votes can be printed',
			`${header}\n${row.replace('612', '10000')}\n`,
			'bad-electors 2',
		],
		['a table twice', `${header}\n${row}\n${row.replace('612', '613')}\n`, 'repeated 3'],
		[
			'a centre in two parishes',
			`${header}\n${row}\n${row.replace('San Blas', 'San Juan').replace(',01,', ',02,')}\n`,
			'two-places 3',
		],
	])('%s', (_, text, fault) => {
		expect(faultOf(text)).toBe(fault)
	})

	test('bytes that are no UTF-8, and more bytes than any register has', () => {
		expect(faultOf(Buffer.from(`${header}\n${row}\n`, 'latin1'))).toBe('not-utf8 1')
		expect(faultOf(new Uint8Array(longestRegister + 1))).toBe('too-large 1')
	})
})

test('whatever is taken has one spelling', () => {
	const cell = fc.stringMatching(/^[a-zñ",;' \u00a0]{1,8}$/)
	const line = fc.tuple(
		cell,
		cell,
		cell,
		fc.constantFrom('130101001', '130101002'),
		fc.constantFrom('01', '02'),
	)
	fc.assert(
		fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), (lines) => {
			const text = [header, ...lines.map((cells) => [...cells, '5'].join(',')), ''].join('\n')
			const parsed = parse(text)
			if (parsed.ok) expect(formatRegister(parsed.value.tables.values())).toBe(text)
		}),
	)
})

test('a long one gives turns meanwhile and says the same, also of a line far down', async () => {
	const rows = Array.from(
		{ length: 2_600 },
		(_, at) => `Miranda,Río Hondo,San Blas,${130_101_001 + at},01,612`,
	)
	const right = [header, ...rows, ''].join('\n')
	const quoted = rows.with(1_700, '"Miranda",Río Hondo,San Blas,130199001,01,612')
	// One that would go on over the lines behind it, where a step ends.
	const open = rows.with(499, '"Miranda,Río Hondo,San Blas,130199001,01,612')
	const texts = [right, [header, ...quoted, ''].join('\n'), [header, ...open, ''].join('\n')]
	expect(texts.map(faultOf)).toEqual(['none', 'not-canonical 1702', 'not-canonical 501'])
	for (const text of texts) {
		let turns = 0
		const turn = async () => {
			turns++
		}
		const parsed = await parseRegisterInTurns(Buffer.from(text), presidential2024, turn)
		expect(parsed).toEqual(parse(text))
		if (parsed.ok) expect(turns).toBeGreaterThan(10)
	}
})
