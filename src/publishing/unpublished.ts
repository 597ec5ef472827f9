/**
 * What a centre holds and an archive lacks: entries, transcriptions, rulings and heads that verify under a key of the
 * registry in force. What nobody known signed waits until a registry lists who did.
 */
import { join } from 'node:path'
import { headsFile } from '../audit/ledger-heads.ts'
import type { PublishedDevices } from '../audit/published-devices.ts'
import type { ListedRole } from '../evidence/authority/device-list.ts'
import { type Jws, parseJws, verifyJws } from '../evidence/jws.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { filePieces } from '../platform/files/plain-file.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type CentreRecords, firstPosition, type RecordPosition } from '../records/centre-records.ts'
import { ReceiptTimes } from '../records/receipt-times.ts'

export type HeldKind = 'entry' | 'head' | 'transcription' | 'ruling'

const roles: Readonly<Record<HeldKind, ListedRole>> = {
	entry: 'device',
	head: 'device',
	transcription: 'station',
	ruling: 'officer',
}

/** An object that the log lacks, well signed; nobody has looked at what it says. */
export interface HeldObject {
	readonly kind: HeldKind
	readonly jws: Jws
	/** That it says; 0 where it says none. */
	readonly seq: number
}

interface UnpublishedParts {
	/** The centre's. */
	readonly directory: string
	readonly records: CentreRecords
	/** Whether the log has an object already. */
	isPublished(id: string): boolean
	/** Gets what every entry of the ledger says, whoever signed it. */
	noteEntry(payload: unknown): void
}

export class Unpublished {
	readonly #parts: UnpublishedParts
	readonly #receipts = new ReceiptTimes()
	/** Verified, not published, by id. */
	readonly #held = new Map<string, HeldObject>()
	/** Of signers whom nobody lists yet, by id. */
	readonly #unknown = new Map<string, Pick<HeldObject, 'kind' | 'jws'>>()
	/** By device the number of its last entry of kind `close`, or of its last head. */
	readonly #closedUpTo = new Map<string, number>()
	readonly #yieldIfDue = yieldToEventLoop()
	#origin: string | null = null
	#position: RecordPosition = firstPosition

	constructor(parts: UnpublishedParts) {
		this.#parts = parts
	}

	get held(): ReadonlyMap<string, HeldObject> {
		return this.#held
	}

	get closedUpTo(): ReadonlyMap<string, number> {
		return this.#closedUpTo
	}

	/** Objects whose signer the registry in force does not list. */
	get unknown(): number {
		return this.#unknown.size
	}

	receivedMs(entry: string): number | null {
		return this.#receipts.receivedMs(entry)
	}

	/** When the newest receipt was signed; null without any. */
	get newestMs(): number | null {
		return this.#receipts.newestMs
	}

	/** It is in the log now. */
	published(id: string): void {
		this.#held.delete(id)
	}

	/** To the end as it is now. Rejects when the disk fails. */
	async takeIn(devices: PublishedDevices): Promise<void> {
		const { records, directory } = this.#parts
		const origin = await records.origin()
		// A ledger that was lost and filled again: what it holds is found by its id, in whatever order.
		if (origin !== this.#origin) this.#position = firstPosition
		this.#origin = origin
		for (const [id, { kind, jws }] of [...this.#unknown]) {
			this.#unknown.delete(id)
			await this.#take(kind, jws, devices)
		}
		for await (const { records: batch, next } of records.read(this.#position)) {
			for (const { kind, jws } of batch) {
				if (kind === 'entry') this.#parts.noteEntry(jws.payload)
				if (kind === 'receipt') this.#receipts.add(jws.payload)
				else await this.#take(kind, jws, devices)
				await this.#yieldIfDue()
			}
			this.#position = next
		}
		await this.#takeHeads(join(directory, headsFile), devices)
	}

	/** Few: all of them each time. */
	async #takeHeads(path: string, devices: PublishedDevices): Promise<void> {
		try {
			for await (const line of evidenceLines(filePieces(path))) {
				const parsed = line.ok ? parseJws(line.text, 'head') : line
				if (parsed.ok) await this.#take('head', parsed.value, devices)
			}
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
		}
	}

	async #take(kind: HeldKind, jws: Jws, devices: PublishedDevices): Promise<void> {
		const { id, kid } = jws
		if (this.#held.has(id)) return
		const isPublished = this.#parts.isPublished(id)
		// Of what is published only when a day was closed is still asked for.
		if (isPublished && kind !== 'head' && kind !== 'entry') return
		const key = await devices.signer(roles[kind], kid)
		if (!key.ok) {
			if (!isPublished) this.#unknown.set(id, { kind, jws })
			return
		}
		if (!isPublished) {
			// `testigo verify` names it.
			if (!verifyJws(jws, { id: kid, publicKey: key.value }).ok) return
			this.#held.set(id, { kind, jws, seq: numberIn(jws.payload) })
		}
		this.#noteClosed(kind, jws)
	}

	#noteClosed(kind: HeldKind, { kid, payload }: Jws): void {
		const said = payload as { readonly kind?: unknown } | null
		if (kind !== 'head' && said?.kind !== 'close') return
		this.#closedUpTo.set(kid, Math.max(numberIn(payload), this.#closedUpTo.get(kid) ?? 0))
	}
}

/** What it says of its number, of whatever version it is: what is not in the closed grammar is withheld in its place. */
function numberIn(payload: unknown): number {
	const seq = (payload as { readonly seq?: unknown } | null)?.seq
	return typeof seq === 'number' && Number.isSafeInteger(seq) ? seq : 0
}
