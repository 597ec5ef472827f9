import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseTileMap, tileOf } from '#src/acta/register/tile-map.js'

const shipped = readFileSync(new URL('../../../src/acta/presidential-2024-tiles.csv', import.meta.url))

test('the map of 2024: 24 states, each centre in its own', () => {
	const parsed = parseTileMap(shipped)
	if (!parsed.ok) throw new Error(parsed.fault.detail)
	expect(parsed.value).toHaveLength(24)
	expect(tileOf(parsed.value, '121202007')).toEqual({ code: '12', name: 'Mérida', column: 1, row: 3 })
	expect(tileOf(parsed.value, '990101001')).toBeUndefined()
})

test.each([
	['another header', 'name,code,column,row\n', 'wrong-header'],
	['nothing', '', 'wrong-header'],
	['no tile', 'code,name,column,row\n', 'no-tiles'],
	['a cell too few', 'code,name,column,row\n01,Norte,1\n', 'bad-line'],
	['a code of letters', 'code,name,column,row\nN,Norte,1,1\n', 'bad-line'],
	['codes of two lengths', 'code,name,column,row\n01,Norte,1,1\n2,Sur,1,2\n', 'bad-line'],
	['a name that hides something', 'code,name,column,row\n01,Nor\u202ete,1,1\n', 'bad-line'],
	['a column below 0', 'code,name,column,row\n01,Norte,-1,1\n', 'bad-line'],
	['a grid that no screen shows', 'code,name,column,row\n01,Norte,40,1\n', 'bad-line'],
	['quotes that do not close', 'code,name,column,row\n01,"Norte,1,1\n', 'bad-line'],
	['two tiles in one place', 'code,name,column,row\n01,Norte,1,1\n02,Sur,1,1\n', 'repeated'],
	['one code twice', 'code,name,column,row\n01,Norte,1,1\n01,Sur,1,2\n', 'repeated'],
])('refused: %s', (_, text, code) => {
	const parsed = parseTileMap(Buffer.from(text))
	expect(parsed.ok ? 'taken' : parsed.fault.code).toBe(code)
})
