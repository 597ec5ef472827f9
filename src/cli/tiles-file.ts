import { fileURLToPath } from 'node:url'
import type { ElectionDefinition } from '../acta/election.ts'
import { presidential2024 } from '../acta/presidential-2024.ts'
import { longestTileMap, parseTileMap, type Tile } from '../acta/register/tile-map.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { CommandRefused, exit } from './exit.ts'

/** The map in the file at `path`, or without it that of 2024 for that election, and none for another. */
export async function tilesFrom(
	path: string | undefined,
	election: ElectionDefinition,
): Promise<readonly Tile[]> {
	const own = fileURLToPath(new URL('../acta/presidential-2024-tiles.csv', import.meta.url))
	const file = path ?? (election.id === presidential2024.id ? own : undefined)
	if (file === undefined) return []
	const bytes = await readCapped(file, longestTileMap)
	const tiles = bytes.ok ? parseTileMap(bytes.value) : bytes
	if (tiles.ok) return tiles.value
	throw new CommandRefused(exit.usedWrongly, `tiles ${file}: ${tiles.fault.detail}`)
}
