/**
 * What verified receipts say that the centre holds of this device, held against the journal. A receipt for an
 * entry that the journal does not have, or a head that the device itself signed of one, means that the journal was
 * set back (an older copy of the disk was restored), or that someone else signs with this device's key. Either way
 * the next seq may be taken already, and another entry with it would be proof of fraud against an honest device:
 * nothing may be recorded with this identity any more. A technician enrols the device anew and begins another journal; this one stays as it is.
 */
import type { Position } from '../evidence/fields.ts'
import type { Receipt } from '../evidence/receipt.ts'
import { type Fault, fail } from '../platform/result.ts'

/** The journal, as far as it matters here. */
export interface JournalEntries {
	readonly tail: Position | null
	idAt(seq: number): string | undefined
}

export class RollbackCheck {
	/** The highest position that a receipt names. */
	#highest: Position | null = null
	#contrary: Position | null = null
	/** The highest seq that a receipt says exists, of whatever id. */
	#existing = 0

	/** Takes in a receipt that verifies and names this device. */
	note({ seq, entry, status, upto, gaps }: Receipt, journal: JournalEntries): void {
		// Anyone can have a refusal signed for bytes of their own: it proves no entry.
		if (status !== 'rejected') this.#note({ seq, id: entry }, journal)
		if (upto !== null) this.#note(upto, journal)
		// A gap has something behind it, whose id another receipt tells.
		this.#existing = Math.max(this.#existing, (gaps.at(-1)?.[1] ?? -1) + 1)
	}

	/** Takes in a head by this device, signed when it closed a day. */
	noteHead({ seq, id }: Position, journal: JournalEntries): void {
		this.#note({ seq, id }, journal)
	}

	/**
	 * Null while the journal has every entry that a receipt or head names. To be asked while nothing is being appended:
	 * the centre may know of an entry before this process does.
	 */
	against(journal: JournalEntries): Fault<'journal-set-back' | 'other-entry'> | null {
		const [contrary, highest] = [this.#contrary, this.#highest]
		const last = journal.tail?.seq ?? 0
		const existing = Math.max(this.#existing, highest?.seq ?? 0)
		if (existing > last) {
			return fail(
				'journal-set-back',
				`a receipt or head names entry ${existing} of this device, the journal ends at ${last}: enrol the device anew`,
			).fault
		}
		const other = contrary ?? (highest !== null && journal.idAt(highest.seq) !== highest.id ? highest : null)
		if (other === null) return null
		return fail(
			'other-entry',
			`a receipt or head names another entry ${other.seq} of this device than the journal: enrol the device anew`,
		).fault
	}

	#note(position: Position, journal: JournalEntries): void {
		const held = journal.idAt(position.seq)
		if (held !== undefined && held !== position.id) this.#contrary = position
		if (position.seq > (this.#highest?.seq ?? 0)) this.#highest = position
	}
}
