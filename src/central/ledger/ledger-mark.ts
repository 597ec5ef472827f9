/** The mark of what a centre verified of its ledger, kept now and then as it grows (`platform/files/verified-mark.ts`). */
import { type FoundMark, findMark, VerifiedMark } from '../../platform/files/verified-mark.ts'

/** What was verified before and is not there any more as it was. */
export interface Cut {
	/** Null where the mark does not say. */
	readonly lines: number | null
	readonly bytes: number
}

/** A new mark is worth its sync when this many lines lie behind the old one. */
const linesPerMark = 2_000

export class LedgerMark {
	readonly #path: string | null
	#mark = new VerifiedMark()
	#cut: Cut | null = null
	#keptLines = 0
	#keeping: Promise<void> = Promise.resolve()

	/** `path`: null for a file that has none. */
	constructor(path: string | null) {
		this.#path = path
	}

	async find(path: string): Promise<FoundMark['state']> {
		if (this.#path === null) return 'none'
		const found = await findMark(this.#path, path)
		if (found.state === 'differs') this.#cut = { lines: found.lines, bytes: found.bytes }
		if (found.state === 'fits') {
			this.#mark = found.mark
			this.#keptLines = found.mark.lines
		}
		return found.state
	}

	get bytes(): number {
		return this.#mark.bytes
	}

	get cut(): Cut | null {
		return this.#cut
	}

	/** Whole lines that were verified and are on the disk. */
	add(piece: Uint8Array): void {
		this.#mark.add(piece)
		if (this.#mark.lines - this.#keptLines >= linesPerMark) void this.keep()
	}

	/** Never rejects: a disk that fails says so where it matters. */
	keep(): Promise<void> {
		const path = this.#path
		if (path === null || this.#mark.bytes === 0) return Promise.resolve()
		this.#keptLines = this.#mark.lines
		this.#keeping = this.#keeping.then(() => this.#mark.keep(path)).catch(() => {})
		return this.#keeping
	}
}
