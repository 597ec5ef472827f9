/**
 * What the kiosk believes of the uplink's directory: only a receipt that verifies with the pinned key of the
 * centre, names this device, and whose `upto` is an entry of this very journal. The uplink could be broken
 * or taken over; it can't make the display say "received".
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Identity } from '../evidence/identity.ts'
import { openReceipt, type SignedReceipt } from '../evidence/receipt.ts'
import { readUplinkState, receiptsFile, stateFile, type UplinkState } from '../handover/uplink-state.ts'
import { openKeptHead } from '../journal/head-file.ts'
import type { Journal } from '../journal/journal.ts'
import type { Connection } from '../panel/status.ts'
import { type Clock, pause } from '../platform/clock.ts'
import { lastLines } from '../platform/files/line-reader.ts'
import { type Fault, fail, type Result } from '../platform/result.ts'
import { carriedState, lastCarried } from '../receipts/carried-receipts.ts'
import { RollbackCheck } from '../receipts/rollback.ts'
import type { KioskLog } from './events.ts'

/** Milliseconds between two looks, and after how long without a sign of life the uplink counts as gone. */
const interval = 1_000
const patience = 30_000

/** Bytes at the end of the file of receipts that are read at a start. */
const lookBack = 64 * 1024

export interface UplinkWatcherParts {
	readonly journal: Journal
	/** Null where no centre is known yet: then nothing counts as received. */
	readonly centre: Identity | null
	/** The uplink's own directory. */
	readonly directory: string
	readonly clock: Clock
	readonly log: KioskLog
}

export class UplinkWatcher {
	readonly #parts: UplinkWatcherParts
	readonly #stop = new AbortController()
	#watching: Promise<void> = Promise.resolve()
	readonly #rollback = new RollbackCheck()
	#upto = 0
	#anchor: string | null = null
	/** How far the time of day that a receipt tells is ahead of the monotonic clock, at least. */
	#lead: number | null = null
	#connection: Connection = 'no-uplink'
	#lastText: string | undefined
	#lastContrary: string | undefined
	#lastCarried: string | null = null
	#setAside = 0
	#lastTouch: number | undefined
	#lastSign = Number.NEGATIVE_INFINITY

	constructor(parts: UplinkWatcherParts) {
		this.#parts = parts
	}

	/** The last seq that a verified receipt covers without a gap; 0 before the first. */
	get upto(): number {
		return this.#upto
	}

	/** The id of the last verified receipt: entries name it as their anchor. */
	get anchor(): string | null {
		return this.#anchor
	}

	/** Why nothing may be recorded: see `ReceiptClaims`. To be asked while nothing is being appended. */
	get contradiction(): Fault | null {
		return this.#rollback.against(this.#parts.journal)
	}

	/** Entries that don't get through to the centre and are tried again slowly, as the uplink says. */
	get setAside(): number {
		return this.#setAside
	}

	/** By verified receipts it is at least this time, milliseconds since 1970; null before the first. */
	get notBefore(): number | null {
		return this.#lead === null ? null : this.#lead + this.#parts.clock.monotonic()
	}

	get connection(): Connection {
		return this.#connection
	}

	/** Looks once, then keeps looking until stopped. */
	async start(onChange: () => void): Promise<void> {
		await this.#lookBack()
		await this.#look()
		this.#watching = this.#watch(onChange)
	}

	async stop(): Promise<void> {
		this.#stop.abort()
		await this.#watching
	}

	async #watch(onChange: () => void): Promise<void> {
		const { signal } = this.#stop
		for (;;) {
			await pause(this.#parts.clock, interval, signal)
			if (signal.aborted) return
			const before = this.#shown
			await this.#look()
			if (before !== this.#shown) onChange()
		}
	}

	get #shown(): string {
		return `${this.#upto} ${this.#connection} ${this.contradiction?.code} ${this.#setAside}`
	}

	/** The head of the last closed day, and the last receipts that the uplink keeps: its state may be lost, or older. */
	async #lookBack(): Promise<void> {
		const { centre, directory, journal } = this.#parts
		const head = await openKeptHead(journal.directory, journal.device)
		if (head !== null) this.#rollback.noteHead(head.head, journal)
		if (centre === null) return
		for (const text of await lastLines(join(directory, receiptsFile), lookBack)) this.#verify(text, centre)
	}

	async #look(): Promise<void> {
		const { directory, clock } = this.#parts
		const path = join(directory, stateFile)
		const touched = (await stat(path).catch(() => null))?.mtimeMs
		const now = clock.monotonic()
		if (touched !== undefined && touched !== this.#lastTouch) {
			this.#lastSign = now
			this.#lastTouch = touched
		}
		const read = await readUplinkState(path)
		const state = read.ok ? read.value : null
		if (state?.latestReceipt != null && state.latestReceipt !== this.#lastText) {
			this.#lastText = state.latestReceipt
			this.#take(state.latestReceipt)
		}
		if (state?.contrary != null) this.#takeContrary(state.contrary)
		this.#setAside = state?.setAsideCount ?? 0
		await this.#takeCarried()
		this.#connection = this.#judge(state, now - this.#lastSign)
	}

	#judge(state: UplinkState | null, silence: number): Connection {
		if (state === null || silence > patience) return 'no-uplink'
		return state.connected ? 'online' : 'offline'
	}

	#take(text: string): void {
		const { centre, clock, log } = this.#parts
		if (centre === null) return
		const read = this.#verify(text, centre)
		if (!read.ok) {
			log({ event: 'receipt-refused', fault: read.fault })
			return
		}
		this.#anchor = read.value.id
		const lead = Date.parse(read.value.receipt.time) - clock.monotonic()
		this.#lead = Math.max(this.#lead ?? lead, lead)
		const upto = read.value.receipt.upto?.seq ?? 0
		if (upto <= this.#upto) return
		this.#upto = upto
		log({ event: 'received', upto })
	}

	/** What came home on a stick: of that the latest, and what is of another journal than this. */
	async #takeCarried(): Promise<void> {
		const { directory } = this.#parts
		const carried = await carriedState(directory)
		if (carried === this.#lastCarried) return
		this.#lastCarried = carried
		for (const text of await lastCarried(directory)) this.#take(text)
	}

	/** A receipt that the uplink found to be of another journal than this. */
	#takeContrary(text: string): void {
		if (text === this.#lastContrary || this.#parts.centre === null) return
		this.#lastContrary = text
		this.#verify(text, this.#parts.centre)
	}

	#verify(text: string, centre: Identity): Result<SignedReceipt> {
		const { journal } = this.#parts
		const opened = openReceipt(text, centre)
		if (!opened.ok) return opened
		const { device, upto } = opened.value.receipt
		if (device !== journal.device.id) return fail('other-device', `a receipt for ${device}`)
		this.#rollback.note(opened.value.receipt, journal)
		if (upto !== null && journal.idAt(upto.seq) !== upto.id) {
			return fail(
				'other-chain',
				`the centre holds another entry ${upto.seq} of this device than this journal`,
			)
		}
		return opened
	}
}
