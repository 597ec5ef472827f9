import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseTileMap } from '#src/acta/register/tile-map.js'
import { stateTiles } from '#src/board/state-tiles.js'

test('a state stands where the codes of its centres say, and what has no tile in a row below', async () => {
	const map = parseTileMap(await readFile('src/acta/presidential-2024-tiles.csv'))
	if (!map.ok) throw new Error(map.fault.detail)
	const states = new Map([
		['DTTO. CAPITAL', { centro: '010113042' }],
		['ABROAD', { centro: '990113042' }],
		['A STATE THAT WAS DIVIDED', { centro: '010113043' }],
	])
	expect(stateTiles(map.value, states)).toMatchObject([
		{ state: 'DTTO. CAPITAL', name: 'Distrito Capital', column: 6, row: 0 },
		{ state: 'ABROAD', name: 'ABROAD', column: 0, row: 1 },
		{ state: 'A STATE THAT WAS DIVIDED', column: 1, row: 1 },
	])
	expect(stateTiles(map.value, new Map([['ABROAD', { centro: '990113042' }]]))).toEqual([])
})
