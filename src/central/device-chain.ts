/** What a centre holds of the chain of one device, reading station or officer, in memory. Pure; the ledger is the truth behind it. */
import type { Position, Range } from '../evidence/fields.ts'
import type { SentFile } from '../protocol/chunks.ts'
import { RangeSet } from '../protocol/range-set.ts'

export interface HeldEntry {
	readonly seq: number
	readonly id: string
	readonly prev: string
	readonly files: readonly SentFile[]
	/** The plain SHA-256 of each picture that it names. */
	readonly pictures: readonly string[]
	/** Why it does not go together with another entry of this device; null when it does. */
	readonly conflict: ConflictReason | null
}

/**
 * `seq-taken`: another entry with this seq came before. `bad-prev`: it does not follow from the entry before it
 * (from the genesis, for the first). `bad-next`: the entry after it does not follow from it.
 */
export type ConflictReason = 'seq-taken' | 'bad-prev' | 'bad-next'

export class DeviceChain {
	/** What the first entry names as `prev`; null while the device's key is not known. */
	readonly #genesis: string | null
	readonly #bySeq = new Map<number, HeldEntry[]>()
	readonly #seqs = new RangeSet()
	readonly #files = new Map<string, { readonly file: SentFile; readonly entries: HeldEntry[] }>()
	readonly #byId = new Map<string, HeldEntry>()
	/** Ids of entries of other versions: kept, but not understood. */
	readonly #foreign = new Set<string>()
	#upto: Position | null = null
	/** The last seq that is good, of a device that is revoked. */
	#last = Number.POSITIVE_INFINITY
	/** The end of what is held without a gap and good. */
	#good: Position | null = null

	constructor(genesis: string | null) {
		this.#genesis = genesis
	}

	/** The device is revoked: entries after seq `last` are in quarantine, those that are held as well. */
	revoke(last: number): void {
		this.#last = last
		this.#upto = null
		this.#good = null
		this.#advance()
	}

	isQuarantined(seq: number): boolean {
		return seq > this.#last
	}

	/** Entries held that are in quarantine. */
	get quarantined(): number {
		let count = 0
		for (const [seq, entries] of this.#bySeq) if (this.isQuarantined(seq)) count += entries.length
		return count
	}

	/** The end of the chain that is held without a gap, each entry following from the one before. */
	get upto(): Position | null {
		return this.#upto
	}

	/** The same without what is in quarantine: this is what a receipt may say. */
	get good(): Position | null {
		return this.#good
	}

	/** Entries held. */
	get size(): number {
		return this.#byId.size
	}

	/** An entry with the highest seq that is held. */
	get last(): HeldEntry | undefined {
		return this.#bySeq.get(this.#seqs.highest ?? 0)?.[0]
	}

	/** Whether an entry of this id is held, understood or not. */
	holds(id: string): boolean {
		return this.#foreign.has(id) || this.#byId.has(id)
	}

	/** The files that its entries name. */
	get files(): readonly SentFile[] {
		return Array.from(this.#files.values(), ({ file }) => file)
	}

	get(seq: number, id: string): HeldEntry | undefined {
		return this.#bySeq.get(seq)?.find((held) => held.id === id)
	}

	find(id: string): HeldEntry | undefined {
		return this.#byId.get(id)
	}

	/** How a new entry would stand with those held. */
	conflictOf(seq: number, prev: string, id: string): ConflictReason | null {
		if (this.#bySeq.has(seq)) return 'seq-taken'
		const before = this.#bySeq.get(seq - 1)
		if (seq === 1 ? this.#genesis !== prev : before?.every((held) => held.id !== prev)) return 'bad-prev'
		if (this.#bySeq.get(seq + 1)?.every((held) => held.prev !== id)) return 'bad-next'
		return null
	}

	add(entry: HeldEntry): void {
		const held = this.#bySeq.get(entry.seq)
		if (held === undefined) this.#bySeq.set(entry.seq, [entry])
		else held.push(entry)
		this.#seqs.add(entry.seq)
		this.#byId.set(entry.id, entry)
		for (const file of entry.files) {
			const wanted = this.#files.get(file.sha256)
			if (wanted === undefined) this.#files.set(file.sha256, { file, entries: [entry] })
			// The same digest with another size can't be true of both: the first stands.
			else wanted.entries.push(entry)
		}
		this.#advance()
	}

	/** False when it was there already. */
	addForeign(id: string): boolean {
		if (this.#foreign.has(id)) return false
		this.#foreign.add(id)
		return true
	}

	/** A file that entries of this device name, and those entries. */
	file(sha256: string): { readonly file: SentFile; readonly entries: readonly HeldEntry[] } | undefined {
		return this.#files.get(sha256)
	}

	/** Seqs known to exist after `upto` but not held; at most `limit` runs. */
	gaps(limit: number): Range[] {
		return this.#seqs.missing((this.#upto?.seq ?? 0) + 1, this.#seqs.highest ?? 0, limit)
	}

	#advance(): void {
		for (;;) {
			const seq = (this.#upto?.seq ?? 0) + 1
			const last = this.#upto === null ? this.#genesis : this.#upto.id
			const next = this.#bySeq.get(seq)?.find((held) => held.prev === last)
			if (next === undefined) return
			this.#upto = { seq, id: next.id }
			if (!this.isQuarantined(seq)) this.#good = this.#upto
		}
	}
}
