/**
 * Which receipts say of an entry what none before has said. A broker can play an old one over and over, and have the
 * centre say the same anew by playing it the entry: neither may fill the disk.
 */
import type { Answer, Receipt } from '../evidence/receipt.ts'
import { RangeSet } from '../protocol/range-set.ts'

/** What a receipt says of one entry. */
type Said = Pick<Receipt, 'ledger'> & Pick<Answer, 'seq' | 'status' | 'images'>

export class ReceiptDeduplication {
	/** By what was said, and of which ledger, the seqs of which it was. */
	readonly #said = new Map<string, RangeSet>()

	/** Takes it that all has been said of the entries up to `complete`, of the ledger of the latest receipt. */
	markKnown(ledger: string | undefined, complete: number): void {
		for (const conflict of [true, false]) {
			for (const whole of [true, false]) this.#of(ledger, conflict, whole).addRange(1, complete)
		}
	}

	/** True once. Of what is rejected nothing is held: that is never new. */
	isNew({ ledger, seq, status, images }: Said): boolean {
		if (status === 'rejected') return false
		const whole = images.every((image) => image.status === 'stored')
		const said = this.#of(ledger, status === 'conflict', whole)
		if (said.has(seq)) return false
		said.add(seq)
		return true
	}

	#of(ledger: string | undefined, conflict: boolean, whole: boolean): RangeSet {
		const key = `${ledger} ${conflict} ${whole}`
		const known = this.#said.get(key) ?? new RangeSet()
		this.#said.set(key, known)
		return known
	}
}
