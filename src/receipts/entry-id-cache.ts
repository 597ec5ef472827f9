import type { JournalFollower } from '../uplink/queue/journal-follower.ts'

/** Ids kept: most receipts name the same few entries. */
const mostIds = 256

/** The ids of the journal's own entries, for checking what receipts say of them. */
export class OwnIds {
	readonly #follower: JournalFollower
	readonly #ids = new Map<number, string>()

	constructor(follower: JournalFollower) {
		this.#follower = follower
	}

	/** Null when the journal has no such entry or it can't be read. */
	readonly at = async (seq: number): Promise<string | null> => {
		const known = this.#ids.get(seq)
		if (known !== undefined) return known
		const entry = await this.#follower.entry(seq)
		if (!entry.ok) return null
		this.remember(seq, entry.value.id)
		return entry.value.id
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
