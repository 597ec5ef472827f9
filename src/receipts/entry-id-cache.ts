import type { EntryIdLookup } from './verify-receipt.ts'

/** Ids kept: most receipts name the same few entries. */
const mostIds = 256

/** The ids of the journal's own entries, for checking what receipts say of them. */
export class EntryIdCache {
	readonly #lookup: EntryIdLookup
	readonly #ids = new Map<number, string>()

	constructor(lookup: EntryIdLookup) {
		this.#lookup = lookup
	}

	/** Null when the journal has no such entry or it can't be read. */
	readonly at: EntryIdLookup = async (seq) => {
		const known = this.#ids.get(seq)
		if (known !== undefined) return known
		const id = await this.#lookup(seq)
		if (id !== null) this.remember(seq, id)
		return id
	}

	remember(seq: number, id: string): void {
		this.#ids.delete(seq)
		this.#ids.set(seq, id)
		if (this.#ids.size <= mostIds) return
		for (const oldest of this.#ids.keys()) {
			this.#ids.delete(oldest)
			return
		}
	}
}
