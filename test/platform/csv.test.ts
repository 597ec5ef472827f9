import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { csvCell, spreadsheetCell } from '#src/platform/csv.js'

test.each(['', 'Sucre', 'a,b', 'a "b"', '"', 'a\nb', 'a\rb', 'a\r\nb', ' a '])(
	'%j is read as it was',
	(text) => {
		expect(parse(`${csvCell(text)},${csvCell(text)}\n`)).toEqual([[text, text]])
	},
)

test('quotes only what needs it', () => {
	expect(['Sucre', "L'Hermite", 'a,b'].map(csvCell)).toEqual(['Sucre', "L'Hermite", '"a,b"'])
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('%j is no formula of a spreadsheet’s', (text) => {
	expect(parse(`${spreadsheetCell(text)},-\n`)).toEqual([[`'${text}`, '-']])
})

test('numbers stay numbers, also below zero, and nothing is an empty cell', () => {
	expect([spreadsheetCell(-3), spreadsheetCell(0.5), spreadsheetCell(null)]).toEqual(['-3', '0.5', ''])
})
