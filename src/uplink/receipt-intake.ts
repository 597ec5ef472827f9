/**
 * Receipts as they come home: checked one after another against the list of centres and the journal, kept in
 * `receipts.jws`, and counted.
 */
import { join } from 'node:path'
import { Mutex } from 'async-mutex'
import type { CentreList } from '../evidence/authority/centre-list.ts'
import { answersOf, type Receipt, type SignedReceipt } from '../evidence/receipt.ts'
import type { UplinkHeartbeat } from '../handover/uplink-heartbeat.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'
import { LineLog } from '../platform/files/line-log.ts'
import type { LogLimiter } from '../platform/process/log-limiter.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { carriedFile } from '../receipts/carried-receipts.ts'
import { ReceiptDeduplication } from '../receipts/receipt-deduplication.ts'
import { keptReceiptsFile, receiptLines } from '../receipts/receipt-files.ts'
import {
	type CountedReceipt,
	type EntryIdLookup,
	readUnverified,
	verifyReceipt,
} from '../receipts/verify-receipt.ts'
import type { UplinkLog } from './events.ts'

/** Receipts waiting to be checked; more are left unread, and asked for again when they are missed. */
const mostWaiting = 256

export interface ReceiptIntakeParts {
	readonly directory: string
	readonly device: string
	readonly centres: CentreList
	readonly idAt: EntryIdLookup
	readonly heartbeat: UplinkHeartbeat
	readonly log: UplinkLog
	readonly repeated: LogLimiter
	/** A receipt that counts, of what the centre holds now. */
	readonly counted: (receipt: CountedReceipt) => void
	/** The centre holds this receipt again. */
	readonly returned: (id: string) => void
	readonly diskFailed: (error: unknown) => void
}

export class ReceiptIntake {
	readonly #parts: ReceiptIntakeParts
	#deduplication = new ReceiptDeduplication()
	#kept: LineLog | undefined
	#upto = 0
	/** The state of the carried receipts that were taken in last. */
	#carried = 'missing'
	readonly #files = new ForeignFiles()
	#closing = false
	#waiting = 0
	readonly #checking = new Mutex()

	constructor(parts: ReceiptIntakeParts) {
		this.#parts = parts
	}

	/** The seq up to which a verified receipt covers the journal without a gap. */
	get upto(): number {
		return this.#upto
	}

	/** Opens the file of receipts and checks the latest again. Throws when the disk fails. */
	async open(): Promise<void> {
		const { directory, centres, device, idAt, heartbeat, log } = this.#parts
		const path = join(directory, keptReceiptsFile)
		const opened = await LineLog.open(path, join(directory, 'quarantine'))
		this.#kept = opened.log
		if (opened.tornBytes > 0) log({ event: 'torn-receipt-line', bytes: opened.tornBytes })
		const { latestReceipt: latest } = heartbeat.state
		if (latest === null) return
		const verified = await verifyReceipt(latest, centres, device, idAt)
		if (verified.ok) {
			const { upto, ledger } = verified.value.receipt
			this.#upto = upto?.seq ?? 0
			this.#deduplication.markKnown(ledger, Math.min(this.#upto, heartbeat.state.imagesUpto))
			return
		}
		// Another centre, or another journal: sending again shows it.
		log({ event: 'kept-receipt-refused', fault: verified.fault })
		heartbeat.note({ latestReceipt: null })
		this.#noteContrary(verified.proof)
	}

	/** Bytes in the file of receipts that are on the disk. */
	get size(): number {
		return this.#kept?.size ?? 0
	}

	/** Resolves when it is dealt with; undefined when it was left unread. */
	take(payload: Buffer): Promise<void> | undefined {
		if (this.#waiting >= mostWaiting) return
		this.#waiting++
		return this.#checking.runExclusive(async () => {
			await this.#check(payload.toString('utf8'))
			this.#waiting--
		})
	}

	/**
	 * Takes in what came home on a stick since it was last looked at, of entries after `complete`. Never rejects.
	 */
	async takeCarried(complete: number): Promise<void> {
		const { directory, diskFailed } = this.#parts
		const path = join(directory, carriedFile)
		const state = await this.#files.stateOf(path)
		if (state === this.#carried) return
		this.#carried = state
		const taken = this.#checking.runExclusive(async () => {
			for await (const { text } of receiptLines(path, { files: this.#files })) {
				if (this.#closing) return
				const receipt = readUnverified(text)
				const isOpen = receipt === null || answersOf(receipt).some(({ seq }) => seq > complete)
				if (isOpen) await this.#check(text)
			}
		})
		await taken.catch(diskFailed)
	}

	/** Deals with what came before, then closes. */
	async close(): Promise<void> {
		this.#closing = true
		await this.#checking.runExclusive(() => {})
		await this.#kept?.close().catch(this.#parts.diskFailed)
	}

	/** For the kiosk, which verifies it against its own journal. */
	#noteContrary(proof: SignedReceipt | null): void {
		if (proof !== null) this.#parts.heartbeat.note({ contrary: proof.text })
	}

	/** Of the ledger for which everything was sent again last, and of whichever there is before that. */
	#noteOfLedger(text: string, { ledger, upto }: Receipt): void {
		const { heartbeat } = this.#parts
		const { resentTo, ledgerReceipt } = heartbeat.state
		if (ledger === undefined || ledger !== (resentTo.at(-1) ?? ledger)) return
		const before = ledgerReceipt === null ? null : readUnverified(ledgerReceipt)
		if (before?.ledger === ledger && (before.upto?.seq ?? 0) >= (upto?.seq ?? 0)) return
		heartbeat.note({ ledgerReceipt: text })
	}

	/**
	 * Counts anew what is kept: another list of centres gives another verdict. What a centre said that counts no more is
	 * as if it had not been said. Never rejects.
	 */
	async recount(): Promise<void> {
		const { directory, heartbeat, diskFailed } = this.#parts
		const yieldIfDue = yieldToEventLoop()
		const counted = this.#checking.runExclusive(async () => {
			await this.#kept?.settled()
			this.#upto = 0
			this.#deduplication = new ReceiptDeduplication()
			heartbeat.note({ latestReceipt: null, contrary: null, ledgerReceipt: null })
			for await (const { text } of receiptLines(join(directory, keptReceiptsFile), { files: this.#files })) {
				await yieldIfDue()
				if (this.#closing) return
				await this.#check(text, { kept: true })
			}
		})
		await counted.catch(diskFailed)
		this.#carried = 'missing'
		await this.takeCarried(0)
	}

	/** Keeps what counts when the list of centres comes that is awaited, and says the same. */
	async #keepForLater(text: string): Promise<void> {
		const { centres, device, idAt, diskFailed } = this.#parts
		const verified = await verifyReceipt(text, centres.presumed, device, idAt)
		if (!verified.ok) return
		const { answers, receipt } = verified.value
		const news = answers.map((answer) => this.#deduplication.isNew({ ...answer, ledger: receipt.ledger }))
		if (news.includes(true)) this.#kept?.append([text]).catch(diskFailed)
	}

	async #check(text: string, { kept = false } = {}): Promise<void> {
		const { centres, device, idAt, heartbeat, log, repeated, counted, returned, diskFailed } = this.#parts
		const verified = await verifyReceipt(text, centres, device, idAt)
		if (!verified.ok) {
			const { fault } = verified
			if (kept) return this.#noteContrary(verified.proof)
			if (fault.code === 'centres-awaited') await this.#keepForLater(text)
			repeated.log(`receipt-refused ${fault.code}`, (times) =>
				log({ event: 'receipt-refused', fault, times }),
			)
			heartbeat.noteTrouble(fault)
			this.#noteContrary(verified.proof)
			return
		}
		const { receipt, answers } = verified.value
		const upto = receipt.upto?.seq ?? 0
		const isFurthest = upto > this.#upto || heartbeat.state.latestReceipt === null
		if (receipt.returned !== undefined) returned(receipt.returned)
		// The furthest may be the anchor of an entry.
		const news = answers.map(
			(answer) => this.#deduplication.isNew({ ...answer, ledger: receipt.ledger }) || isFurthest,
		)
		if (news.includes(true) && !kept) this.#kept?.append([text]).catch(diskFailed)
		if (isFurthest) {
			this.#upto = Math.max(this.#upto, upto)
			heartbeat.note({ latestReceipt: text })
		}
		this.#noteOfLedger(text, receipt)
		for (const [index, { seq, status, reason }] of answers.entries()) {
			if (status === 'conflict') heartbeat.noteConflict(seq)
			const logReceipt = (times: number) =>
				log({ event: 'receipt', seq, status, reason, received: this.#upto, times })
			if (kept) continue
			if (news[index]) logReceipt(1)
			else repeated.log(`receipt ${status}`, logReceipt)
		}
		// Of a ledger that was lost it proves what the centre promised, not what it holds.
		const ledger = heartbeat.state.resentTo.at(-1)
		if (ledger === undefined || receipt.ledger === ledger) counted(verified.value)
	}
}
