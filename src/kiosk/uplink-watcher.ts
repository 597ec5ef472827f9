/**
 * What the kiosk believes of the uplink's directory: only a receipt that verifies with the key of a centre that counts,
 * names this device, and whose `upto` is an entry of this very journal; and a list of centres only with the authority's
 * signature. The uplink could be broken or taken over; it can't make the display say "received".
 */
import { join } from 'node:path'
import type { CentreList } from '../evidence/authority/centre-list.ts'
import { centresFile } from '../evidence/authority/centres.ts'
import { takeCentresFrom } from '../evidence/authority/centres-file.ts'
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

/** What verified receipts say. */
interface Counted {
	readonly rollback: RollbackCheck
	upto: number
	anchor: string | null
	/** How far the time of day in the newest receipt is ahead of the monotonic clock. */
	lead: number | null
}

function nothingCounted(): Counted {
	return { rollback: new RollbackCheck(), upto: 0, anchor: null, lead: null }
}

export interface UplinkWatcherParts {
	readonly journal: Journal
	/** Null where no centre is known yet: then nothing counts as received. */
	readonly centres: CentreList | null
	/** Called with each newer list of centres. */
	readonly newerCentres?: (centres: CentreList) => Promise<void>
	/** The uplink's own directory. */
	readonly directory: string
	readonly clock: Clock
	readonly log: KioskLog
}

export class UplinkWatcher {
	readonly #parts: UplinkWatcherParts
	readonly #stop = new AbortController()
	#watching: Promise<void> = Promise.resolve()
	#counted = nothingCounted()
	/** The same, but while it is all counted anew: what counted until then holds until that is done. */
	#counting = this.#counted
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
	/** By path. */
	readonly #lastCentres = new Map<string, string>()
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
		return this.#counted.upto
	}

	/** The id of the last verified receipt: entries name it as their anchor. */
	get anchor(): string | null {
		return this.#counted.anchor
	}

	/** Why nothing may be recorded: see `RollbackCheck`. To be asked while nothing is being appended. */
	get contradiction(): Fault | null {
		return this.#counted.rollback.against(this.#parts.journal)
	}

	/** Entries that don't get through to the centre and are tried again slowly, as the uplink says. */
	get setAside(): number {
		return this.#state?.setAsideCount ?? 0
	}

	/** By the newest verified receipt it is at least this time, milliseconds since 1970; null before the first. */
	get notBefore(): number | null {
		const { lead } = this.#counted
		return lead === null ? null : lead + this.#parts.clock.monotonic()
	}

	get connection(): Connection {
		const silentMs = this.#parts.clock.monotonic() - this.#lastSign
		if (this.#state === null || silentMs > mostSilentMs) return 'no-uplink'
		if (!this.#state.connected) return 'offline'
		return this.#state.paused === 'all' ? 'paused' : 'online'
	}

	/** Looks once, where the files answer soon, then keeps looking until stopped. */
	async start(onChange: () => void): Promise<void> {
		const { clock } = this.#parts
		await this.#noteHead()
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
		return `${this.upto} ${this.connection} ${this.contradiction?.code} ${this.setAside}`
	}

	/** The last receipts that the uplink keeps: its state may be lost, or older. */
	async #lookBack(centres: CentreList): Promise<void> {
		await this.#reading(keptReceiptsFile, async (failed) => {
			const path = join(this.#parts.directory, keptReceiptsFile)
			const reading = { most: longestJws + 1, failed, files: this.#files }
			for await (const { text } of receiptLines(path, reading)) await this.#verify(text, centres)
		})
	}

	async #look(): Promise<void> {
		const { centres, directory } = this.#parts
		if (centres !== null && (await this.#takeCentres(centres))) await this.#forget()
		if (!this.#lookedBack && centres !== null) await this.#lookBack(centres)
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
		this.#counted = this.#counting
		this.#state = state
		if (!read.ok || read.value.touchedMs === this.#touchedMs) return
		this.#touchedMs = read.value.touchedMs
		this.#lastSign = this.#parts.clock.monotonic()
	}

	/** What this device itself has signed of its last closed day. */
	async #noteHead(): Promise<void> {
		const { journal } = this.#parts
		const head = await openStoredHead(journal.directory, journal.device)
		if (head !== null) this.#counting.rollback.noteSigned(head.head, journal)
	}

	/** True when a newer list of centres has come: by the uplink, or by a stick, which leaves it beside the entries. */
	async #takeCentres(centres: CentreList): Promise<boolean> {
		const { directory, journal } = this.#parts
		const byUplink = await this.#takeCentresOf(directory, centres)
		return (await this.#takeCentresOf(journal.directory, centres)) || byUplink
	}

	async #takeCentresOf(directory: string, centres: CentreList): Promise<boolean> {
		const { log, newerCentres } = this.#parts
		const path = join(directory, centresFile)
		const found = await this.#files.stateOf(path)
		if (found === 'missing' || found === this.#lastCentres.get(path)) return false
		this.#lastCentres.set(path, found)
		const taken = await takeCentresFrom(path, centres, this.#files)
		if (this.#stop.signal.aborted) return false
		if (!taken.ok) {
			const { fault } = taken
			this.#repeated.log(fault.code, (times) => log({ event: 'centres-refused', fault, times }))
			return false
		}
		if (!taken.value) return false
		log({ event: 'centres', issue: centres.issue })
		await newerCentres?.(centres)
		return true
	}

	/** Another list gives another verdict: what a centre said that counts no more is as if it had not been said. */
	async #forget(): Promise<void> {
		this.#counting = nothingCounted()
		this.#lookedBack = false
		this.#lastText = undefined
		this.#lastContrary = undefined
		this.#lastCarried = 'missing'
		await this.#noteHead()
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
		const { centres, clock, log } = this.#parts
		if (centres === null) return
		const verified = await this.#verify(text, centres)
		if (this.#stop.signal.aborted) return
		if (!verified.ok) {
			const { fault } = verified
			this.#repeated.log(fault.code, (times) => log({ event: 'receipt-refused', fault, times }))
			return
		}
		const { id, receipt } = verified.value
		const counting = this.#counting
		counting.anchor = id
		const upto = receipt.upto?.seq ?? 0
		// Not the largest: a centre whose clock was wrong once must not date what comes later. Older ones may come again.
		if (upto >= counting.upto) counting.lead = Date.parse(receipt.time) - clock.monotonic()
		if (upto <= counting.upto) return
		counting.upto = upto
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
		const { centres } = this.#parts
		if (text === this.#lastContrary || centres === null) return
		this.#lastContrary = text
		await this.#verify(text, centres)
	}

	/** What it says of the chain counts against the journal also where it does not count as received. */
	async #verify(text: string, centres: CentreList): Promise<ReceiptVerdict> {
		const { journal } = this.#parts
		const idAt = async (seq: number) => journal.idAt(seq) ?? null
		const verified = await verifyReceipt(text, centres, journal.device.id, idAt)
		const signed = verified.ok ? verified.value : verified.proof
		if (signed !== null) this.#counting.rollback.note(signed.receipt, journal)
		return verified
	}
}
