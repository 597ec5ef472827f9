/**
 * The leaves of a log as records, so that what adds up a centre's ledger adds up an archive: figures are a function of the
 * leaves. A position is the number of leaves before it.
 */
import { kindOfText, parseJws } from '../evidence/jws.ts'
import { fullWidth, tileAt } from '../log/tile.ts'
import { readBundle, type TileReader } from '../log/tile-reader.ts'
import type { CentreRecord, CentreRecords, RecordBatch, RecordPosition } from '../records/centre-records.ts'

/** What a tree is read from can't be read, or is not in form. */
class LeavesUnreadable extends Error {
	/** As the errors of a disk have one: who follows records looks at it. */
	readonly code: string

	constructor(code: string, detail: string) {
		super(detail)
		this.code = code
	}
}

/** Rejects where a tile can't be read, or is not in form. */
export async function* leavesOf(
	reader: TileReader,
	size: number,
): AsyncGenerator<{ readonly leaf: number; readonly bytes: Buffer }> {
	for (let first = 0; first < size; first += fullWidth) {
		const leaves = await leavesIn(reader, first, size)
		for (const [at, bytes] of leaves.entries()) yield { leaf: first + at, bytes }
	}
}

/** Of the bundle in which this leaf is. */
async function leavesIn(reader: TileReader, leaf: number, size: number): Promise<readonly Buffer[]> {
	const tile = tileAt('entries', Math.floor(leaf / fullWidth), size)
	if (tile === null) throw new RangeError(`no leaf ${leaf} in a tree of ${size}`)
	const leaves = await readBundle(reader, tile)
	if (!leaves.ok) throw new LeavesUnreadable(leaves.fault.code, leaves.fault.detail)
	return leaves.value
}

export class LeafRecords implements CentreRecords {
	readonly #reader: TileReader
	readonly #size: () => number

	/** `size`: how many leaves count by now; a log only grows. */
	constructor(reader: TileReader, size: () => number) {
		this.#reader = reader
		this.#size = size
	}

	async origin(): Promise<string> {
		return 'log'
	}

	async *read(from: RecordPosition): AsyncGenerator<RecordBatch> {
		const size = this.#size()
		for (let at: number = from; at < size; ) {
			const leaves = (await leavesIn(this.#reader, at, size)).slice(at % fullWidth)
			const records = leaves.flatMap(recordsOf)
			at += leaves.length
			yield { records, unreadable: 0, next: at as RecordPosition }
		}
	}
}

/** Heads and campaign objects add up to nothing, and neither does what is withheld. */
function recordsOf(leaf: Buffer): CentreRecord[] {
	const text = leaf.toString('latin1')
	const kind = kindOfText(text)
	if (kind !== 'entry' && kind !== 'transcription' && kind !== 'ruling') return []
	const parsed = parseJws(text, kind)
	return parsed.ok ? [{ kind, jws: parsed.value }] : []
}
