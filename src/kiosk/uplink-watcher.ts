/**
 * What the kiosk believes of the uplink's directory: only a receipt that verifies with the pinned key of the
 * centre, names this device, and whose `upto` is an entry of this very journal. The uplink could be broken
 * or taken over; it can't make the display say "received".
 */
import { join } from 'node:path'
import type { Identity } from '../evidence/identity.ts'
import { longestJws } from '../evidence/jws.ts'
import { mostSilentMs, readHeartbeat } from '../handover/heartbeat-file.ts'
import { stateFile, UplinkState } from '../handover/uplink-state.ts'
import { openStoredHead } from '../journal/head-file.ts'
import type { Journal } from '../journal/journal.ts'
import type { Connection } from '../panel/status.ts'
import { type Clock, pause } from '../platform/clock.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'
import { LogLimiter, logIntervalMs } from '../platform/process/log-limiter.ts'
import type { Fault } from '../platform/result.ts'
import { carriedFile, lastCarried } from '../receipts/carried-receipts.ts'
import { keptReceiptsFile, receiptLines } from '../receipts/receipt-files.ts'
import { RollbackCheck } from '../receipts/rollback.ts'
import { type ReceiptVerdict, verifyReceipt } from '../receipts/verify-receipt.ts'
import type { KioskLog } from './events.ts'

const intervalMs = 1_000

/** Milliseconds for which a start waits for the first look: on a disk that hangs it goes on as without an uplink. */
const firstLookMs = 5_000

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
	/** How far the time of day in the newest receipt is ahead of the monotonic clock. */
	#lead: number | null = null
	/** What the uplink says of itself; null while that can't be read. */
	#state: UplinkState | null = null
	readonly #files = new ForeignFiles()
	#onChange: () => void = () => {}
	/** What was last reported by `onChange`. */
	#reported = ''
	/** The look that is under way: one that hangs is not begun again. */
	#looking: Promise<void> | undefined
	#lookedBack = false
	#lastText: string | undefined
	#lastContrary: string | undefined
	#lastCarried = 'missing'
	#touchedMs: number | undefined
	/** When a sign of life was seen last, by the monotonic clock: the time of day may jump. */
	#lastSign = Number.NEGATIVE_INFINITY
	/** By file, why it was last not read, or not all of it. */
	readonly #unreadable = new Map<string, string>()
	/** Whoever fills these files must not fill the log too. */
	readonly #repeated: LogLimiter

	constructor(parts: UplinkWatcherParts) {
		this.#parts = parts
		this.#repeated = new LogLimiter(parts.clock, logIntervalMs)
	}

	/** The last seq that a verified receipt covers without a gap; 0 before the first. */
	get upto(): number {
		return this.#upto
	}

	/** The id of the last verified receipt: entries name it as their anchor. */
	get anchor(): string | null {
		return this.#anchor
	}

	/** Why nothing may be recorded: see `RollbackCheck`. To be asked while nothing is being appended. */
	get contradiction(): Fault | null {
		return this.#rollback.against(this.#parts.journal)
	}

	/** Entries that don't get through to the centre and are tried again slowly, as the uplink says. */
	get setAside(): number {
		return this.#state?.setAsideCount ?? 0
	}

	/** By the newest verified receipt it is at least this time, milliseconds since 1970; null before the first. */
	get notBefore(): number | null {
		return this.#lead === null ? null : this.#lead + this.#parts.clock.monotonic()
	}

	get connection(): Connection {
		const silentMs = this.#parts.clock.monotonic() - this.#lastSign
		if (this.#state === null || silentMs > mostSilentMs) return 'no-uplink'
		if (!this.#state.connected) return 'offline'
		return this.#state.paused === 'all' ? 'paused' : 'online'
	}

	/** Looks once, where the files answer soon, then keeps looking until stopped. */
	async start(onChange: () => void): Promise<void> {
		const { clock, journal } = this.#parts
		const head = await openStoredHead(journal.directory, journal.device)
		if (head !== null) this.#rollback.noteSigned(head.head, journal)
		const waiting = new AbortController()
		const signal = AbortSignal.any([waiting.signal, this.#stop.signal])
		await Promise.race([this.#lookAnew(), pause(clock, firstLookMs, signal)])
		waiting.abort()
		this.#reported = this.#shown
		this.#onChange = onChange
		this.#watching = this.#watch()
	}

	/** Does not wait for a look that is under way: from now on it does nothing. */
	async stop(): Promise<void> {
		this.#stop.abort()
		await this.#watching
		this.#repeated.stop()
	}

	async #watch(): Promise<void> {
		const { signal } = this.#stop
		for (;;) {
			await pause(this.#parts.clock, intervalMs, signal)
			if (signal.aborted) return
			void this.#lookAnew()
			this.#report()
		}
	}

	/** Unless one is under way. */
	#lookAnew(): Promise<void> {
		this.#looking ??= this.#look().finally(() => {
			this.#looking = undefined
			this.#report()
		})
		return this.#looking
	}

	#report(): void {
		if (this.#stop.signal.aborted || this.#shown === this.#reported) return
		this.#reported = this.#shown
		this.#onChange()
	}

	get #shown(): string {
		return `${this.#upto} ${this.connection} ${this.contradiction?.code} ${this.setAside}`
	}

	/** The last receipts that the uplink keeps: its state may be lost, or older. */
	async #lookBack(centre: Identity): Promise<void> {
		await this.#reading(keptReceiptsFile, async (failed) => {
			const path = join(this.#parts.directory, keptReceiptsFile)
			const reading = { most: longestJws + 1, failed, files: this.#files }
			for await (const { text } of receiptLines(path, reading)) await this.#verify(text, centre)
		})
	}

	async #look(): Promise<void> {
		const { centre, directory } = this.#parts
		if (!this.#lookedBack && centre !== null) await this.#lookBack(centre)
		this.#lookedBack = this.#unreadable.get(keptReceiptsFile) !== 'no-answer'
		const read = await readHeartbeat(join(directory, stateFile), UplinkState, this.#files)
		if (this.#stop.signal.aborted) return
		this.#noteFault(stateFile, read.ok || read.fault.code === 'file-missing' ? null : read.fault)
		const state = read.ok ? read.value.says : null
		if (state?.latestReceipt != null && state.latestReceipt !== this.#lastText) {
			this.#lastText = state.latestReceipt
			await this.#take(state.latestReceipt)
		}
		if (state?.contrary != null) await this.#takeContrary(state.contrary)
		await this.#takeCarried()
		this.#state = state
		if (!read.ok || read.value.touchedMs === this.#touchedMs) return
		this.#touchedMs = read.value.touchedMs
		this.#lastSign = this.#parts.clock.monotonic()
	}

	/** Reads one of the files; what could not be read of it is logged. */
	async #reading(name: string, read: (failed: (fault: Fault) => void) => Promise<void>): Promise<void> {
		let last: Fault | null = null
		await read((fault) => {
			last = fault
		})
		this.#noteFault(name, last)
	}

	/** Once for each change. */
	#noteFault(name: string, fault: Fault | null): void {
		if (this.#stop.signal.aborted) return
		const before = this.#unreadable.get(name)
		if (fault === null) this.#unreadable.delete(name)
		else this.#unreadable.set(name, fault.code)
		if (fault === null || fault.code === before) return
		this.#repeated.log(`${name} ${fault.code}`, () =>
			this.#parts.log({ event: 'trouble', device: 'uplink', fault }),
		)
	}

	async #take(text: string): Promise<void> {
		const { centre, clock, log } = this.#parts
		if (centre === null) return
		const verified = await this.#verify(text, centre)
		if (this.#stop.signal.aborted) return
		if (!verified.ok) {
			const { fault } = verified
			this.#repeated.log(fault.code, (times) => log({ event: 'receipt-refused', fault, times }))
			return
		}
		const { id, receipt } = verified.value
		this.#anchor = id
		const upto = receipt.upto?.seq ?? 0
		// Not the largest: a centre whose clock was wrong once must not date what comes later. Older ones may come again.
		if (upto >= this.#upto) this.#lead = Date.parse(receipt.time) - clock.monotonic()
		if (upto <= this.#upto) return
		this.#upto = upto
		log({ event: 'received', upto })
	}

	/** What came home on a stick: of that the latest, and what is of another journal than this. */
	async #takeCarried(): Promise<void> {
		const path = join(this.#parts.directory, carriedFile)
		const carried = await this.#files.stateOf(path)
		if (carried === this.#lastCarried) return
		this.#lastCarried = carried
		await this.#reading(carriedFile, async (failed) => {
			for (const text of await lastCarried(path, { failed, files: this.#files })) await this.#take(text)
		})
	}

	/** A receipt that the uplink found to be of another journal than this. */
	async #takeContrary(text: string): Promise<void> {
		if (text === this.#lastContrary || this.#parts.centre === null) return
		this.#lastContrary = text
		await this.#verify(text, this.#parts.centre)
	}

	/** What it says of the chain counts against the journal also where it does not count as received. */
	async #verify(text: string, centre: Identity): Promise<ReceiptVerdict> {
		const { journal } = this.#parts
		const idAt = async (seq: number) => journal.idAt(seq) ?? null
		const verified = await verifyReceipt(text, centre, journal.device.id, idAt)
		const signed = verified.ok ? verified.value : verified.proof
		if (signed !== null) this.#rollback.note(signed.receipt, journal)
		return verified
	}
}
