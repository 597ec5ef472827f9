/**
 * Makes room on a disk that is short, by deleting sealed images that the centre holds: the oldest first, and no
 * more than is needed. Entries stay for ever, and so do images that anybody may look at.
 *
 * INVARIANTS
 * - An image goes only when the last thing that the centre has said of its entry, in a receipt that verifies with
 *   the pinned key, is that it holds every file of it, in enough copies, in the ledger of the newest receipt: what
 *   a lost ledger held may be lost.
 * - The receipt is on the disk, beside the journal, before the image goes.
 */
import { join } from 'node:path'
import { type Entry, readEntry } from '../../evidence/entry.ts'
import type { Identity } from '../../evidence/identity.ts'
import { longestJws, parseJws } from '../../evidence/jws.ts'
import type { Receipt, SignedReceipt } from '../../evidence/receipt.ts'
import { diskFault } from '../../journal/disk-fault.ts'
import { openEvictions } from '../../journal/evicted-images.ts'
import { entriesFile, type Journal } from '../../journal/journal.ts'
import { storedImagesOf } from '../../journal/stored-image.ts'
import type { LineLog } from '../../platform/files/line-log.ts'
import { wholeLines } from '../../platform/files/line-reader.ts'
import { yieldToEventLoop } from '../../platform/process/yield-to-event-loop.ts'
import type { Fault } from '../../platform/result.ts'
import { carriedFile } from '../../receipts/carried-receipts.ts'
import { keptReceiptsFile, receiptLines, stateOfFile } from '../../receipts/receipt-files.ts'
import { checkByJournal, openOwnReceipt } from '../../receipts/verify-receipt.ts'
import type { KioskLog } from '../events.ts'

export interface ImageEvictionParts {
	readonly journal: Journal
	readonly centre: Identity
	/** The uplink's own directory, with its receipts and those that came home on a stick. */
	readonly uplink: string
	/** Independent stores that hold it, at least, as the receipt says. */
	readonly copies: number
	readonly log: KioskLog
}

/** Entries whose images are looked at in one go: a bound for memory. */
const mostAtOnce = 1_000

export class ImageEviction {
	readonly #parts: ImageEvictionParts
	#running: Promise<void> | undefined
	/** The state of the receipts by which nothing more could be evicted. */
	#tried: string | undefined
	/** By path, why it was last not read, or not all of it. */
	readonly #unreadable = new Map<string, string | undefined>()
	#stopped = false

	constructor(parts: ImageEvictionParts) {
		this.#parts = parts
	}

	/** Begins, beside the work, unless it is under way. Ends when there is `enough` or nothing more to give. */
	begin(enough: () => Promise<boolean>): void {
		this.#running ??= this.#run(enough).finally(() => {
			this.#running = undefined
		})
	}

	/** Resolves when nothing is under way. */
	async settled(): Promise<void> {
		await this.#running
	}

	async stop(): Promise<void> {
		this.#stopped = true
		await this.#running
	}

	async #run(enough: () => Promise<boolean>): Promise<void> {
		const { log } = this.#parts
		try {
			const state = await this.#stateOfReceipts()
			if (state === this.#tried) return
			const proofs = await this.#proofs()
			const files = proofs.size === 0 ? 0 : await this.#evict(proofs, enough)
			if (files === 0) this.#tried = state
			else log({ event: 'images-evicted', files })
		} catch (error) {
			const fault = diskFault(error, "images can't be evicted")
			log({ event: 'trouble', device: 'storage', fault })
		}
	}

	/** By seq, the receipts that prove an entry's files to be held, of entries that still have some here. */
	async #proofs(): Promise<Map<number, SignedReceipt>> {
		const { centre, journal, copies } = this.#parts
		const idAt = async (seq: number) => journal.idAt(seq) ?? null
		const proofs = new Map<number, SignedReceipt>()
		const yieldIfDue = yieldToEventLoop()
		let newest: Pick<Receipt, 'time' | 'ledger'> | undefined
		for await (const text of this.#receipts()) {
			await yieldIfDue()
			if (this.#stopped) return new Map()
			const opened = openOwnReceipt(text, centre, journal.device.id)
			if (!opened.ok) continue
			const { receipt } = opened.value
			if (newest === undefined || receipt.time >= newest.time) {
				if (newest !== undefined && newest.ledger !== receipt.ledger) proofs.clear()
				newest = { time: receipt.time, ledger: receipt.ledger }
			}
			if (newest.ledger !== receipt.ledger) continue
			proofs.delete(receipt.seq)
			if (!provesAll(receipt, copies) || !(await checkByJournal(opened.value, idAt)).ok) continue
			if (proofs.size < mostAtOnce && (await this.#hasAny(receipt))) proofs.set(receipt.seq, opened.value)
		}
		return proofs
	}

	/** As they came, those of the stick first. What can't be read of a file is logged, once for each change. */
	async *#receipts(): AsyncGenerator<string> {
		for (const path of this.#files) {
			let last: Fault | undefined
			const failed = (fault: Fault) => {
				last = fault
			}
			for await (const { text } of receiptLines(path, { failed })) yield text
			if (last !== undefined && last.code !== this.#unreadable.get(path)) {
				this.#parts.log({ event: 'trouble', device: 'uplink', fault: last })
			}
			this.#unreadable.set(path, last?.code)
		}
	}

	get #files(): readonly string[] {
		return [carriedFile, keptReceiptsFile].map((name) => join(this.#parts.uplink, name))
	}

	/** Says how many files went. */
	async #evict(proofs: ReadonlyMap<number, SignedReceipt>, enough: () => Promise<boolean>): Promise<number> {
		const { journal, centre } = this.#parts
		let evictions: LineLog | undefined
		let files = 0
		try {
			for await (const { number, text } of wholeLines(join(journal.directory, entriesFile), longestJws)) {
				const proof = proofs.get(number)
				if (proof === undefined) continue
				if (this.#stopped || (await enough())) break
				const sealed = sealedFilesOf(text, proof)
				if (sealed.length === 0) continue
				evictions ??= await openEvictions(journal.directory, centre)
				await evictions.append([proof.text])
				for (const sha256 of sealed) if (await journal.images.remove(sha256)) files++
			}
			return files
		} finally {
			await evictions?.close()
		}
	}

	async #hasAny({ images }: Receipt): Promise<boolean> {
		for (const { sha256 } of images) if (await this.#parts.journal.images.has(sha256)) return true
		return false
	}

	async #stateOfReceipts(): Promise<string> {
		return (await Promise.all(this.#files.map(stateOfFile))).join()
	}
}

function provesAll({ status, images, copies: held }: Receipt, copies: number): boolean {
	const isHeld = status === 'stored' || status === 'duplicate'
	return isHeld && held >= copies && images.every((image) => image.status === 'stored')
}

/** The sealed files that the entry itself names, when the receipt is about it and speaks of all that it names. */
function sealedFilesOf(text: string, { receipt }: SignedReceipt): readonly string[] {
	const jws = parseJws(text, 'entry')
	const read = jws.ok ? readEntry(jws.value) : jws
	if (!read.ok || read.value.id !== receipt.entry) return []
	const { entry } = read.value
	const held = new Set(receipt.images.map(({ sha256 }) => sha256))
	if (!storedImagesOf(entry).every(({ sha256 }) => held.has(sha256))) return []
	return sealedOf(entry)
}

function sealedOf(entry: Entry): string[] {
	if (entry.kind !== 'acta') return []
	return entry.images.flatMap(({ sealed }) => (sealed === undefined ? [] : [sealed.sha256]))
}
