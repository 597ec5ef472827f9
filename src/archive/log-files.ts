/** Which files of an archive are the log's: tiles, checkpoints, notes of publications (`provisioning/verify/ARCHIVE.md`). */
import { parseDecimal } from '../log/decimal.ts'
import { parseTilePath, tileAt } from '../log/tile.ts'
import { checkpointsFolder, torrentFile } from './layout.ts'
import type { Site } from './site-note.ts'

/** Whether the log gives a file this name by the publication that `site` signs; true for what is in other folders. */
export function isOfLog(path: string, { size, publication }: Pick<Site, 'size' | 'publication'>): boolean {
	const [top = '', ...rest] = path.split('/')
	const name = rest.join('/')
	if (rest.length === 0) return true
	switch (top) {
		case 'tile': {
			const tile = parseTilePath(path)
			return tile.ok && tileAt(tile.value.level, tile.value.index, size) !== null
		}
		case checkpointsFolder: {
			const [, decimal, number] = /^([^.]*)\.([^.]*)\.tsr$/.exec(name) ?? []
			if (decimal === undefined || number === undefined) return parseDecimal(name) !== null
			return parseDecimal(number) !== null && isUpTo(decimal, size)
		}
		case 'sites':
			return path === torrentFile || isUpTo(name, publication)
		default:
			return true
	}
}

function isUpTo(written: string, most: number): boolean {
	const number = parseDecimal(written)
	return number !== null && number <= most
}
