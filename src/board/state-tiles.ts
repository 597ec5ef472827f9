/** Where the states of a register stand on a map of tiles. */
import { type Tile, tileOf } from '../acta/register/tile-map.ts'

/** A tile, and the state of the register that it stands for. */
export interface StateTile extends Tile {
	readonly state: string
}

/**
 * By a centre of each state. A state without a tile of its own, as the votes abroad, stands in a row below the others:
 * on a map with holes nobody would miss it.
 */
export function stateTiles(
	tiles: readonly Tile[],
	states: ReadonlyMap<string, { readonly centro: string }>,
): readonly StateTile[] {
	const placed: StateTile[] = []
	const below: string[] = []
	const taken = new Set<Tile>()
	for (const [state, { centro }] of states) {
		const tile = tileOf(tiles, centro)
		if (tile === undefined || taken.has(tile)) below.push(state)
		else placed.push({ ...tile, state })
		if (tile !== undefined) taken.add(tile)
	}
	if (placed.length === 0) return []
	const row = Math.max(...placed.map((tile) => tile.row)) + 1
	return [...placed, ...below.map((state, column) => ({ code: '', name: state, state, column, row }))]
}
