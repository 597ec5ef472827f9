/**
 * A map of states as squares on a grid, given as a CSV with the columns `code,name,column,row`. `code` is how the
 * centres of a state begin. It says where a square stands, and nothing of sizes or borders.
 */
import { CsvError, parse } from 'csv-parse/sync'
import { type Fault, ok, type Result } from '../../platform/result.ts'

export interface Tile {
	/** The first digits of each centre in this state. */
	readonly code: string
	/** For people. */
	readonly name: string
	/** From 0, from the left. */
	readonly column: number
	/** From 0, from the top. */
	readonly row: number
}

export type TileMapFault = Fault<
	'too-large' | 'not-utf8' | 'wrong-header' | 'bad-line' | 'repeated' | 'no-tiles'
>

/** Bytes. */
export const longestTileMap = 64 * 1024
/** Columns or rows: more than a screen can show. */
const mostOnASide = 40

/** The tiles in the order of the file. */
export function parseTileMap(bytes: Uint8Array): Result<readonly Tile[], TileMapFault> {
	if (bytes.length > longestTileMap) return refuse('too-large', 1, `over ${longestTileMap} bytes`)
	let text: string
	try {
		text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
	} catch {
		return refuse('not-utf8', 1, 'save it as UTF-8')
	}
	let lines: string[][]
	try {
		lines = parse(text, { record_delimiter: ['\n', '\r\n'], relax_column_count: true })
	} catch (error) {
		if (!(error instanceof CsvError)) throw error
		return refuse('bad-line', Number(error['lines'] ?? 1), 'a quote is out of place')
	}
	const [header, ...rows] = lines
	if (header?.join(',') !== 'code,name,column,row') {
		return refuse('wrong-header', 1, 'the first line must be code,name,column,row')
	}
	if (rows.length === 0) return refuse('no-tiles', 2, 'there is no tile')
	const tiles: Tile[] = []
	const taken = new Map<string, number>()
	for (const [index, cells] of rows.entries()) {
		const line = index + 2
		const [code = '', name = '', column = '', row = ''] = cells
		if (cells.length !== 4) return refuse('bad-line', line, `${cells.length} cells where there are 4`)
		if (!/^[0-9]{1,20}$/.test(code)) return refuse('bad-line', line, 'code: the first digits of its centres')
		if (code.length !== tiles[0]?.code.length && tiles[0] !== undefined) {
			return refuse('bad-line', line, 'code: as many digits as in the line before')
		}
		if (!/^(?! )[^\p{C}\p{Zl}\p{Zp}]{1,60}(?<! )$/u.test(name)) {
			return refuse('bad-line', line, 'name: 1 to 60 printable characters')
		}
		if (![column, row].every((one) => /^(0|[1-9][0-9]?)$/.test(one) && Number(one) < mostOnASide)) {
			return refuse('bad-line', line, `column and row: whole numbers from 0 to ${mostOnASide - 1}`)
		}
		for (const key of [`code ${code}`, `name ${name}`, `place ${column},${row}`]) {
			const before = taken.get(key)
			if (before !== undefined) return refuse('repeated', line, `${key} stands in line ${before} too`)
			taken.set(key, line)
		}
		tiles.push({ code, name, column: Number(column), row: Number(row) })
	}
	return ok(tiles)
}

/** The tile of the state in which a centre lies; none for what lies in no state of the map, as abroad. */
export function tileOf(tiles: readonly Tile[], centro: string): Tile | undefined {
	return tiles.find(({ code }) => centro.startsWith(code))
}

function refuse(code: TileMapFault['code'], line: number, what: string): Result<never, TileMapFault> {
	return { ok: false, fault: { code, detail: `tile map, line ${line}: ${what}` } }
}
