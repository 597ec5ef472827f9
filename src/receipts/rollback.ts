/**
 * What verified receipts say that the centre holds of this device, held against the journal. A receipt for an
 * entry that the journal does not have, or a head that the device itself signed of one, means that the journal was
 * rolled back (an older copy of the disk was restored), or that someone else signs with this device's key. Either way
 * the next seq may be taken already, and another entry with it would be proof of fraud against an honest device:
 * nothing may be recorded with this identity any more. A technician enrols the device anew and begins another journal; this one stays as it is.
 */
import type { Position, Range } from '../evidence/fields.ts'
import { answersOf, type Receipt } from '../evidence/receipt.ts'
import type { Fault } from '../platform/result.ts'

/** The journal, as far as it matters here. */
export interface JournalEntries {
	readonly tail: Position | null
	idAt(seq: number): string | undefined
}

/** Why nothing may be recorded; why a receipt does not count is `RefusedReceipt`, and most of those stop nothing. */
export type RollbackFault = Fault<'journal-set-back' | 'other-entry'>

export class RollbackCheck {
	/** The highest position that a receipt names. */
	#highest: Position | null = null
	#contrary: Position | null = null
	/** The highest seq that a receipt says exists, of whatever id. */
	#existing = 0

	/** Takes in a receipt that verifies and names this device. */
	note(receipt: Receipt, journal: JournalEntries): void {
		const { upto, gaps } = receipt
		for (const { seq, entry, status } of answersOf(receipt)) {
			// Anyone can have a refusal signed for bytes of their own: it proves no entry.
			if (status !== 'rejected') this.noteSigned({ seq, id: entry }, journal)
		}
		if (upto !== null) this.noteSigned(upto, journal)
		this.#existing = Math.max(this.#existing, behindGaps(gaps))
	}

	/** Takes in an entry that this device has signed, as a receipt or one of its heads names it. */
	noteSigned(position: Position, journal: JournalEntries): void {
		const held = journal.idAt(position.seq)
		if (held !== undefined && held !== position.id) this.#contrary = position
		if (position.seq > (this.#highest?.seq ?? 0)) this.#highest = position
	}

	/**
	 * Null while the journal has every entry that a receipt or head names. To be asked while nothing is being appended:
	 * the centre may know of an entry before this process does.
	 */
	against(journal: JournalEntries): RollbackFault | null {
		const witness = 'a receipt or head'
		const existing = Math.max(this.#existing, this.#highest?.seq ?? 0)
		const signed = this.#contrary ?? this.#highest
		return (
			rollbackFault(witness, { seq: existing, id: null }, journal) ??
			(signed === null ? null : rollbackFault(witness, signed, journal))
		)
	}
}

/**
 * Why nothing may be recorded where `witness` names an entry that this device has signed, of whatever id where
 * that is null; null where the journal has it.
 */
export function rollbackFault(
	witness: string,
	{ seq, id }: Pick<Position, 'seq'> & { readonly id: string | null },
	journal: JournalEntries,
): RollbackFault | null {
	const end = journal.tail?.seq ?? 0
	const anew = 'enrol the device anew'
	if (seq > end) {
		const detail = `${witness} names entry ${seq} of this device, the journal ends at ${end}: ${anew}`
		return { code: 'journal-set-back', detail }
	}
	if (id === null || journal.idAt(seq) === id) return null
	const { code, detail } = otherEntry(witness, seq)
	return { code, detail: `${detail}: ${anew}` }
}

export function otherEntry(witness: string, seq: number): Fault<'other-entry'> {
	return {
		code: 'other-entry',
		detail: `${witness} names another entry ${seq} of this device than the journal`,
	}
}

/** The seq that exists behind the last gap, whatever its id; 0 where there is no gap. */
export function behindGaps(gaps: readonly Range[]): number {
	return (gaps.at(-1)?.[1] ?? -1) + 1
}
