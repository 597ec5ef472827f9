/**
 * What a centre holds, for those who read it: tally, board, transcription, verification, publication. They know nothing
 * of what stores it: records come in one order, from a position on.
 */

import type { Jws } from '../evidence/jws.ts'

/** Where a reader stands: opaque, and only good for the same `origin`. */
export type RecordPosition = number & { readonly __position: unique symbol }

export const firstPosition = 0 as RecordPosition

/** As it was kept. Its form is good; its signature is for the reader to verify, and what it means. */
export interface CentreRecord {
	readonly kind: 'entry' | 'receipt' | 'transcription' | 'ruling'
	readonly jws: Jws
}

/** A part of the records, and where the next begins. */
export interface RecordBatch {
	readonly records: readonly CentreRecord[]
	/** Lines that are none of these, as a damaged file has: `testigo verify` names them. */
	readonly unreadable: number
	readonly next: RecordPosition
}

export interface CentreRecords {
	/**
	 * Changes when the centre begins anew after a loss: then a position of before means nothing, and a reader starts over.
	 */
	origin(): Promise<string>
	/** What is there from `from` on, in batches, to the end as it is now. Throws when the store fails. */
	read(from: RecordPosition): AsyncIterable<RecordBatch>
}
