/**
 * What the centre's records say beside what is counted: when what was received, how much of whom is held, which pictures
 * are public. Noted as they pass to who reads them.
 */
import { publicRole } from '../evidence/entry.ts'
import {
	type CentreRecord,
	type CentreRecords,
	firstPosition,
	type RecordBatch,
	type RecordPosition,
} from '../records/centre-records.ts'
import { ReceiptTimes } from '../records/receipt-times.ts'

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
			this.#public.set(sha256, role === publicRole && this.#public.get(sha256) !== false)
		}
		return []
	}
}

export class NotedRecords implements CentreRecords {
	readonly #records: CentreRecords
	readonly #passed: () => void
	#notes = new OpenNotes()
	#received: string[] = []

	/** `passed` is called for each batch that was taken in. */
	constructor(records: CentreRecords, passed: () => void) {
		this.#records = records
		this.#passed = passed
	}

	/** Another one after somebody began to read from the first on. */
	get noted(): Noted {
		return this.#notes
	}

	/** The entries of which a first receipt came since this was asked last. */
	takeReceived(): readonly string[] {
		const received = this.#received
		this.#received = []
		return received
	}

	origin(): Promise<string> {
		return this.#records.origin()
	}

	async *read(from: RecordPosition): AsyncGenerator<RecordBatch> {
		if (from === firstPosition) {
			this.#notes = new OpenNotes()
			this.#received = []
		}
		for await (const batch of this.#records.read(from)) {
			yield batch
			// Whoever asks for more has taken these in; what is read again after a fault is noted once.
			for (const record of batch.records) for (const id of this.#notes.take(record)) this.#received.push(id)
			this.#passed()
		}
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
