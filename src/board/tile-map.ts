/**
 * A map of tiles: each state a square of one size, at a column and row, so that a small state is as easy to see as a
 * large one. Given as a CSV `code,name,column,row`; `code` is what the codes of the state's centres begin with.
 */
import { parse } from 'csv-parse/sync'
import * as z from 'zod'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

const Row = z.strictObject({
	code: z.string().regex(/^[0-9]{1,6}$/),
	name: z.string().min(1).max(60),
	column: z.coerce.number().int().min(0).max(39),
	row: z.coerce.number().int().min(0).max(39),
})

export interface TileOfMap {
	readonly code: string
	readonly name: string
	readonly column: number
	readonly row: number
}

/** A tile, and the state of the register that it stands for. */
export interface Tile extends TileOfMap {
	readonly state: string
}

export type TileMapFault = Fault<'bad-tile-map'>

export function parseTileMap(text: string): Result<readonly TileOfMap[], TileMapFault> {
	let rows: unknown
	try {
		rows = parse(text, {
			columns: true,
			bom: true,
			skip_empty_lines: true,
			trim: true,
			max_record_size: 1000,
		})
	} catch (error) {
		return fail('bad-tile-map', `tile map: ${error instanceof Error ? error.message : String(error)}`)
	}
	const read = z.array(Row).min(1).max(400).safeParse(rows)
	if (!read.success) {
		const [issue] = read.error.issues
		const line = Number(issue?.path[0] ?? 0) + 2
		return fail('bad-tile-map', `tile map, line ${line}: ${issue?.path.slice(1).join('.')} ${issue?.message}`)
	}
	for (const key of ['code', 'place'] as const) {
		const seen = new Set<string>()
		for (const { code, name, column, row } of read.data) {
			const one = key === 'code' ? code : `${column},${row}`
			if (seen.has(one)) return fail('bad-tile-map', `tile map: ${name} has the ${key} of another`)
			seen.add(one)
		}
	}
	return ok(read.data)
}

/**
 * The tiles of the register's states: by the name, or else by what their centres' codes begin with. None where a state
 * has no tile of its own: a map with a hole would hide it.
 */
export function tilesOf(
	map: readonly TileOfMap[],
	states: ReadonlyMap<string, { readonly centro: string }>,
): readonly Tile[] {
	const tiles: Tile[] = []
	const taken = new Set<TileOfMap>()
	for (const [state, { centro }] of states) {
		const [byCode] = map
			.filter(({ code }) => centro.startsWith(code))
			.sort((one, other) => other.code.length - one.code.length)
		const tile = map.find(({ name }) => sameName(name, state)) ?? byCode
		if (tile === undefined || taken.has(tile)) return []
		taken.add(tile)
		tiles.push({ ...tile, state })
	}
	return tiles
}

function sameName(one: string, other: string): boolean {
	return one.localeCompare(other, 'es', { sensitivity: 'base' }) === 0
}
