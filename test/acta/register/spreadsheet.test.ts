import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { parseRegister } from '#src/acta/register/canonical.js'
import { checkSheet } from '#src/acta/register/spreadsheet.js'
import { sharedData } from '../../support/shared-data.js'

const head = 'state,municipality,parish,centro,mesa,electors'
const one = 'Miranda,Río Hondo,San Blas,130101001,1,612'
const other = 'Miranda,Río Hondo,San Juan,130102001,1,588'

function check(bytes: string | Uint8Array) {
	return checkSheet(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, presidential2024)
}

/** The canonical register that is made of it. */
function registerOf(bytes: string | Uint8Array): string {
	const checked = check(bytes)
	return checked.isRight ? checked.text : checked.faults.map(({ line, code }) => `${line} ${code}`).join('; ')
}

/** Line and code of each fault. */
function faultsOf(bytes: string | Uint8Array): string {
	const checked = check(bytes)
	if (checked.isRight) return 'none'
	for (const { detail, remedy } of checked.faults) {
		expect(detail).not.toMatch(/[\n\r]/)
		expect(remedy).toMatch(/^[A-Z].{10,}\.$/)
	}
	return checked.faults.map(({ line, code }) => `${line} ${code}`).join('; ')
}

const canonical = `${head}\n${one.replace(',1,', ',01,')}\n${other.replace(',1,', ',01,')}\n`
const plain = `${head}\n${one}\n${other}\n`

describe('a habit of spreadsheets is understood', () => {
	test.each<[string, string | Uint8Array]>([
		['none', plain],
		['a BOM', `\ufeff${plain}`],
		['UTF-16, with its mark', Buffer.from(`\ufeff${plain}`, 'utf16le')],
		['UTF-16, the bytes the other way round', Buffer.from(`\ufeff${plain}`, 'utf16le').swap16()],
		['UTF-16 without a mark', Buffer.from(plain, 'utf16le')],
		['Latin-1', Buffer.from(plain, 'latin1')],
		['semicolons', plain.replaceAll(',', ';')],
		['a line that names the separator', `sep=;\n${plain.replaceAll(',', ';')}`],
		['tabs', plain.replaceAll(',', '\t')],
		['CRLF', plain.replaceAll('\n', '\r\n')],
		['CR alone', plain.replaceAll('\n', '\r')],
		['no line end at the end', plain.trimEnd()],
		['blank lines at the end', `${plain}\n,,,,,\n\n`],
		['quotes around every cell', plain.replaceAll(/[^,\n]+/g, '"$&"')],
		['spaces around and in the middle', plain.replace('Río Hondo', '  Río \u00a0Hondo ')],
		['marks that stand apart from their letters', plain.replace('Río', 'Ri\u0301o')],
		['an apostrophe before a code', plain.replace('130101001', "'130101001")],
		['Spanish names', plain.replace(head, 'Estado,Municipio,Parroquia,Código del centro,Mesa,Electores')],
		[
			'the columns of 2024, others among them, in another order',
			'MESA,URL,EDO,MUN,PAR,CENTRO,RE\n1,x,Miranda,Río Hondo,San Blas,130101001,612\n1,y,Miranda,Río Hondo,San Juan,130102001,588\n',
		],
	])('%s', (_, bytes) => {
		expect(registerOf(bytes)).toBe(canonical)
	})

	test('thousands separators of each kind', () => {
		for (const electors of ['1.234', '"1,234"', '1 234', "1'234", '1\u00a0234', '1234', '01234']) {
			expect(registerOf(`${head}\n${one.replace('612', electors)}\n`)).toMatch(/,1234\n$/)
		}
	})

	test('one zero that was lost from the front of a centre, and said', () => {
		const checked = check(`${head}\n${one.replace('130101001', '10101001')}\n`)
		expect(checked).toMatchObject({ isRight: true, text: expect.stringContaining(',010101001,01,612\n') })
		expect(checked.isRight && checked.understood.join()).toContain('zeros at the front')
	})

	test('names of centres, with commas and quotes in them', () => {
		const text = `${head},centroName\n${one},"Escuela ""El Roble"", sector 2"\n${other},\n`
		expect(registerOf(text)).toBe(text.replaceAll(',1,', ',01,'))
	})
})

/** Cells of `one`, some exchanged. */
function line(
	cells: Partial<Record<'state' | 'municipality' | 'parish' | 'centro' | 'mesa' | 'electors', string>>,
) {
	const whole = {
		state: 'Miranda',
		municipality: 'Río Hondo',
		parish: 'San Blas',
		centro: '130101001',
		mesa: '1',
	}
	return Object.values({ ...whole, electors: '612', ...cells }).join(',')
}

/** What is wrong with the third line, beneath a good one. */
const faultyLines: readonly [fault: string, line: string][] = [
	['too-few-cells', 'Miranda,Río Hondo,San Blas,130101001,2'],
	['too-many-cells', `${line({ mesa: '2' })},7`],
	['too-many-cells', line({ mesa: '2', electors: '1,234' })],
	['head-again', head],
	['total-line', 'TOTAL,,,,,1200'],
	['unclosed-quote', `"${line({ mesa: '2' })}`],
	['stray-quote', line({ mesa: '2', parish: 'San "Blas"' })],
	['empty-cell', line({ mesa: '2', state: '' })],
	['empty-cell', line({ mesa: '' })],
	['empty-cell', line({ mesa: '2', electors: '' })],
	['long-cell', line({ mesa: '2', parish: 'S'.repeat(500) })],
	['nul-character', line({ mesa: '2', parish: 'San\u0000Blas' })],
	['control-character', line({ mesa: '2', parish: 'San\u0007Blas' })],
	['hidden-character', line({ mesa: '2', parish: 'San\u200b Blas' })],
	['hidden-character', line({ mesa: '2', centro: '\u202e130101001' })],
	['lost-character', line({ mesa: '2', parish: 'Pe\ufffda' })],
	['wrong-letters', line({ mesa: '2', parish: 'PeÃ±a' })],
	['formula', line({ mesa: '2', parish: '=B2' })],
	['formula', line({ mesa: '2', electors: '+SUM(F2:F9)' })],
	['sheet-error', line({ mesa: '2', parish: '#N/A' })],
	['sheet-error', line({ centro: '#####' })],
	['name-of-digits', line({ mesa: '2', parish: '13' })],
	['mixed-scripts', line({ mesa: '2', parish: 'S\u0430n Blas' })],
	['similar-name', line({ mesa: '2', centro: '130101002', parish: 'SAN BLAS' })],
	['similar-name', line({ mesa: '2', centro: '130101002', parish: 'SanBlas' })],
	['similar-name', line({ mesa: '2', centro: '130101002', municipality: 'Rio Hondo' })],
	['scientific', line({ centro: '1.30E+08' })],
	['scientific', line({ centro: '"1,3E+08"' })],
	['code-with-decimals', line({ centro: '130101001.0' })],
	['code-with-separators', line({ centro: '130.101.002' })],
	['letter-for-digit', line({ centro: '13O101001' })],
	['other-digits', line({ centro: '13010100٢' })],
	['not-digits', line({ centro: 'Escuela' })],
	['digits-missing', line({ centro: '1301010' })],
	['zero-doubtful', line({ centro: '13010101' })],
	['digits-too-many', line({ centro: '1301010010' })],
	['digits-too-many', line({ mesa: '101' })],
	['date-for-number', line({ mesa: '01-ene' })],
	['date-for-number', line({ mesa: '2/3' })],
	['negative', line({ mesa: '-1' })],
	['negative', line({ mesa: '2', electors: '-612' })],
	['mesa-zero', line({ mesa: '0' })],
	['electors-zero', line({ mesa: '2', electors: '0' })],
	['electors-absurd', line({ mesa: '2', electors: '612000' })],
	['electors-absurd', line({ mesa: '2', electors: '21.392.464' })],
	['electors-fraction', line({ mesa: '2', electors: '612.5' })],
	['electors-not-number', line({ mesa: '2', electors: 'about 600' })],
	['scientific', line({ mesa: '2', electors: '6E2' })],
	['same-line-twice', line({})],
	['table-twice', line({ electors: '613' })],
	['two-places', line({ mesa: '2', parish: 'San Juan' })],
]

const faultyFiles: readonly [fault: string, bytes: string | Uint8Array][] = [
	['1 too-large', new Uint8Array(64 * 1024 * 1024 + 1)],
	['1 empty-file', ''],
	['1 empty-file', '\ufeff\r\n\r\n'],
	['1 workbook', 'PK\u0003\u0004 and so on'],
	['1 not-a-sheet', '%PDF-1.7\n'],
	['1 not-a-sheet', '\n<!doctype html><table>'],
	['1 bad-encoding', Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from(plain)])],
	['2 bad-encoding', Buffer.concat([Buffer.from(`\ufeff${head}\n`), Buffer.from(one, 'latin1')])],
	['1 no-delimiter', `electores\n612\n`],
	['1 header-missing', `${one}\n${other}\n`],
	['1 header-below', `Registro de mesas\n\n${plain}`],
	['1 column-missing', plain.replaceAll(/,[^,\n]+\n/g, '\n')],
	['1 column-twice', plain.replaceAll('\n', ',7\n').replace('electors,7', 'electors,Electores')],
	['2 column-nameless', `${head},\n${one},seen\n`],
	['1 no-tables', `${head}\n\n,,,,,\n`],
	['500002 too-many-rows', `${head}\n${'a\n'.repeat(500_200)}`],
	['3 blank-line', `${head}\n${one}\n\n${other}\n`],
	['3 line-break', `${head}\n${one}\n${other.replace('San Juan', '"San\nJuan"')}\n`],
	[
		'2 zero-doubtful',
		`${head}\n${one.replace('130101001', '10101001')}\n${other.replace('130102001', '010102001')}\n`,
	],
	['3 two-names', `${head},centroName\n${one},Escuela A\n${line({ mesa: '2' })},Liceo B\n`],
]

describe('each fault is told with its line and a remedy, and nothing is taken in', () => {
	test.each(faultyLines)('%s', (fault, text) => {
		expect(faultsOf(`${head}\n${one}\n${text}\n`)).toBe(`3 ${fault}`)
	})

	test.each(faultyFiles)('%s', (fault, bytes) => {
		expect(faultsOf(bytes)).toBe(fault)
	})

	test('fifty kinds of them', () => {
		const kinds = new Set([
			...faultyLines.map(([kind]) => kind),
			...faultyFiles.map(([kind]) => kind.split(' ')[1]),
		])
		expect(kinds.size).toBeGreaterThanOrEqual(50)
	})
})

test('all faults at once, by line', () => {
	const lines = faultyLines.map(([, text]) => text).filter((text) => !text.startsWith('"'))
	const checked = check([head, one, ...lines, ''].join('\n'))
	if (checked.isRight) throw new Error('taken in')
	const told = new Set(checked.faults.map(({ line: at }) => at))
	// All but the first two, of which one is the good line that others contradict.
	expect([...told].filter((at) => at > 2)).toHaveLength(lines.length)
	expect([...told]).toEqual([...told].sort((a, b) => a - b))
})

test('what one export did wrong in each line is listed twenty times, and counted', () => {
	const lines = Array.from({ length: 99 }, (_, index) => line({ centro: '1.30E+08', mesa: `${index + 1}` }))
	const checked = check([head, ...lines, `${one},7`, ''].join('\n'))
	expect(checked).toMatchObject({ isRight: false, faultCount: 100, cut: new Map([['scientific', 99]]) })
	if (checked.isRight) throw new Error('taken in')
	expect(checked.faults).toHaveLength(21)
})

test('whatever a file holds, it ends in a register that the strict reader takes or in faults', () => {
	const cell = fc.oneof(
		fc.constantFrom(
			'Miranda',
			'130101001',
			'10101001',
			'1',
			'612',
			'',
			'"',
			'=1',
			'a"b',
			'\r',
			';',
			'\t',
			'0',
			'Ã±',
		),
		fc.string({ unit: 'binary', maxLength: 6 }),
	)
	const rows = fc.array(fc.array(cell, { minLength: 4, maxLength: 8 }), { maxLength: 6 })
	fc.assert(
		fc.property(rows, fc.constantFrom(head, `${head},centroName`), (lines, first) => {
			const checked = check([first, ...lines.map((cells) => cells.join(','))].join('\n'))
			if (!checked.isRight) expect(checked.faultCount).toBeGreaterThan(0)
			else expect(parseRegister(Buffer.from(checked.text), presidential2024).ok).toBe(true)
		}),
	)
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
			expect(check(bytes).isRight).toBe(false)
		}),
	)
})

if (sharedData === null) console.warn('skipped: the published results of 2024 are not at hand')
describe.skipIf(sharedData === null)('the public CSV of 2024 (skipped without ../shared/data)', () => {
	test('24,532 tables in 12,817 centres of 24 states, without a fault', () => {
		const checked = check(readFileSync(join(sharedData ?? '', 'results-2024.csv')))
		if (!checked.isRight) throw new Error(`${checked.faults[0]?.line}: ${checked.faults[0]?.detail}`)
		const tables = [...checked.register.tables.values()]
		expect(tables).toHaveLength(24_532)
		expect(new Set(tables.map(({ centro }) => centro)).size).toBe(12_817)
		expect(new Set(tables.map(({ state }) => state)).size).toBe(24)
	})
})
