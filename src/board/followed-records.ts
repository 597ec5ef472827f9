/**
 * What the centre's records say beside what is counted: when what was received, how much of whom is held, which pictures
 * are public. A reader of its own, behind the tally's.
 */
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import {
	type CentreRecord,
	type CentreRecords,
	firstPosition,
	type RecordPosition,
} from '../records/centre-records.ts'
import { ReceiptTimes } from './receipt-times.ts'

/** Beside the tally. */
export interface Noted {
	readonly receipts: ReceiptTimes
	/** Entries in the ledger, by device. */
	readonly held: ReadonlyMap<string, number>
	/** A picture that no entry names in another role: what one calls public may be another's whole paper. */
	isPublic(sha256: string): boolean
}

class OpenNotes implements Noted {
	readonly receipts = new ReceiptTimes()
	readonly held = new Map<string, number>()
	/** Whether all that name it say public. */
	readonly #public = new Map<string, boolean>()

	isPublic(sha256: string): boolean {
		return this.#public.get(sha256) === true
	}

	/** Gives the entries of which this is the first receipt. */
	take({ kind, jws }: CentreRecord): readonly string[] {
		if (kind === 'receipt') return this.receipts.add(jws.payload)
		if (kind !== 'entry') return []
		this.held.set(jws.kid, (this.held.get(jws.kid) ?? 0) + 1)
		for (const { sha256, role } of imagesOf(jws.payload)) {
			this.#public.set(sha256, role === 'public' && this.#public.get(sha256) !== false)
		}
		return []
	}
}

export class FollowedRecords {
	readonly #records: CentreRecords
	#origin: string | null = null
	#position: RecordPosition = firstPosition
	#notes = new OpenNotes()

	constructor(records: CentreRecords) {
		this.#records = records
	}

	/** Another one after the records have begun anew. */
	get noted(): Noted {
		return this.#notes
	}

	/** Takes in what is new. Gives the entries of which a first receipt came. Rejects when the disk fails. */
	async look(): Promise<readonly string[]> {
		const origin = await this.#records.origin()
		if (this.#origin !== null && origin !== this.#origin) {
			this.#position = firstPosition
			this.#notes = new OpenNotes()
		}
		this.#origin = origin
		const yieldIfDue = yieldToEventLoop()
		const received: string[] = []
		for await (const { records, next } of this.#records.read(this.#position)) {
			for (const record of records) {
				received.push(...this.#notes.take(record))
				await yieldIfDue()
			}
			this.#position = next
		}
		return received
	}
}

/** As far as they can be made out: who signed it is the tally's affair. */
function imagesOf(payload: unknown): readonly { readonly sha256: string; readonly role: string }[] {
	const { images } = (payload ?? {}) as { readonly images?: unknown }
	if (!Array.isArray(images)) return []
	return images.flatMap((image: unknown) => {
		const { sha256, role } = (image ?? {}) as { readonly sha256?: unknown; readonly role?: unknown }
		return typeof sha256 === 'string' && typeof role === 'string' ? [{ sha256, role }] : []
	})
}
