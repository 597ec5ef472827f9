import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseTileMap, tilesOf } from '#src/board/tile-map.js'

test("Venezuela's map has a tile for each state by the codes of its centres, and another by its name", async () => {
	const map = parseTileMap(await readFile('src/board/tile-map-venezuela.csv', 'utf8'))
	if (!map.ok) throw new Error(map.fault.detail)
	expect(map.value).toHaveLength(24)
	const states = new Map([
		['DTTO. CAPITAL', { centro: '010113042' }],
		['mérida', { centro: '999' }],
	])
	expect(tilesOf(map.value, states)).toMatchObject([
		{ state: 'DTTO. CAPITAL', name: 'Distrito Capital', column: 6, row: 0 },
		{ state: 'mérida', name: 'Mérida' },
	])
	expect(tilesOf(map.value, states.set('Elsewhere', { centro: '990' }))).toEqual([])
	expect(tilesOf(map.value, new Map([...states, ['Elsewhere', { centro: '011' }]]))).toEqual([])
})

test.each([
	['no row', 'code,name,column,row\n'],
	['another header', 'name,column,row\nA,0,0\n'],
	['a place that is taken', 'code,name,column,row\n1,A,0,0\n2,B,0,0\n'],
	['a code that is taken', 'code,name,column,row\n1,A,0,0\n1,B,1,0\n'],
	['a column far away', 'code,name,column,row\n1,A,4000,0\n'],
	['a field too many', 'code,name,column,row\n1,A,0,0,0\n'],
	['a quote without end', 'code,name,column,row\n1,"A,0,0\n'],
])('%s is no map', (_, text) => {
	expect(parseTileMap(text)).toMatchObject({ ok: false, fault: { code: 'bad-tile-map' } })
})
