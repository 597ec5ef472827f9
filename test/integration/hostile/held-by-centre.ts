/** What a centre holds of one journal, read from its disk at this very moment by other code than its own. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalMaker } from '../../support/journal-maker.ts'

export class HeldByCentre {
	readonly #directory: string
	readonly #journal: JournalMaker
	/** How often each entry stands in the ledger, by its bytes. */
	readonly #found = new Map<string, number>()
	#position = 0
	#rest = Buffer.alloc(0)
	#upto = 0
	#complete = 0

	constructor(directory: string, journal: JournalMaker) {
		this.#directory = directory
		this.#journal = journal
	}

	/** The seq up to which every entry of the journal stands in the ledger, byte for byte. */
	upto(): number {
		this.#readOn()
		for (;;) {
			const next = this.#journal.entries[this.#upto]
			if (next === undefined || !this.#found.has(next.text)) return this.#upto
			this.#upto++
		}
	}

	/** The seq up to which it holds, beside the entries, every file that they name. */
	complete(): number {
		const upto = this.upto()
		for (; this.#complete < upto; this.#complete++) {
			const entry = this.#journal.entries[this.#complete]?.entry
			const files = entry?.kind === 'acta' ? entry.images.map(({ sha256 }) => sha256) : []
			const held = (sha256: string) => existsSync(join(this.#directory, 'images', sha256.slice(0, 2), sha256))
			if (!files.every(held)) break
		}
		return this.#complete
	}

	/** How often each entry of the journal stands in the ledger, in the journal's order. */
	times(): number[] {
		this.#readOn()
		return this.#journal.entries.map(({ text }) => this.#found.get(text) ?? 0)
	}

	#readOn(): void {
		const path = join(this.#directory, 'ledger.jws')
		if (!existsSync(path)) return
		const file = openSync(path, 'r')
		const block = Buffer.alloc(1 << 16)
		for (;;) {
			const length = readSync(file, block, 0, block.length, this.#position)
			if (length === 0) break
			this.#position += length
			this.#take(Buffer.concat([this.#rest, block.subarray(0, length)]))
		}
		closeSync(file)
	}

	#take(bytes: Buffer): void {
		let start = 0
		for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
			const line = bytes.toString('latin1', start, end)
			this.#found.set(line, (this.#found.get(line) ?? 0) + 1)
			start = end + 1
		}
		this.#rest = Buffer.from(bytes.subarray(start))
	}
}
