/**
 * When the centre received what, as its receipts in the ledger say. They are read as the centre's own notes of its own
 * clock: nothing is counted by them, so their signatures are left to `testigo verify`.
 */
import { answersOf, Receipt } from '../evidence/receipt.ts'

export class ReceiptTimes {
	/** By entry; of several the first. */
	readonly #receivedMs = new Map<string, number>()
	/** Digests of files that the centre holds whole. */
	readonly #whole = new Set<string>()
	#newestMs: number | null = null

	/** Of the newest receipt. */
	get newestMs(): number | null {
		return this.#newestMs
	}

	receivedMs(entry: string): number | null {
		return this.#receivedMs.get(entry) ?? null
	}

	/** The centre holds all of a file that bears this digest. */
	isWhole(sha256: string): boolean {
		return this.#whole.has(sha256)
	}

	/** Gives the entries of which it is the first. */
	add(payload: unknown): readonly string[] {
		const read = Receipt.safeParse(payload)
		if (!read.success) return []
		const atMs = Date.parse(read.data.time)
		const first: string[] = []
		for (const { entry, status, images } of answersOf(read.data)) {
			for (const image of images) if (image.status === 'stored') this.#whole.add(image.sha256)
			if (status === 'rejected') continue
			this.#newestMs = Math.max(this.#newestMs ?? atMs, atMs)
			if (this.#receivedMs.has(entry)) continue
			this.#receivedMs.set(entry, atMs)
			first.push(entry)
		}
		return first
	}
}
