/**
 * Keeps a serial port open, whatever happens to it.
 *
 * INVARIANTS
 * - Nothing is queued: the link asks for the next bytes when the line is free, so the newest come first.
 * - Each opening begins with `begin`: what the display showed before counts for nothing.
 * - No wait without an end, no retry without a pause, and `wake` never waits.
 * - An idle line is written to now and then: a port unplugged between two reads shows only in a write, and
 *   until then serialport 13 reads in a busy loop.
 */
import { type Backoff, delayBefore } from '../platform/backoff.ts'
import { type Clock, pause } from '../platform/clock.ts'
import { type Fault, fail } from '../platform/result.ts'
import { type LineFault, type LineSettings, SerialLine } from './serial-line.ts'

/** All waits of a link, in milliseconds. */
export interface LinkDelays {
	readonly reopen: Backoff
	/** An opening that takes longer is reported. There is never a second one beside it. */
	readonly openMs: number
	/** From the opening to the first byte: a display that has its power from the port starts up first. */
	readonly settleMs: number
	/** For the port to take a write, beside the time that its bytes need on the line. */
	readonly writeMs: number
	/** Between two writes on an idle line. */
	readonly idleMs: number
	readonly closeMs: number
	/** A port that stayed open this long starts the backoff anew. */
	readonly stableMs: number
}

/** With 1 s between two openings and 1.5 s to settle, a display is back within 3 s of its port. */
export const linkDelays: LinkDelays = {
	reopen: { firstMs: 200, mostMs: 1_000 },
	openMs: 5_000,
	settleMs: 100,
	writeMs: 3_000,
	idleMs: 2_000,
	closeMs: 2_000,
	stableMs: 10_000,
}

/** `babbling`: it sends more than any display does, and is heard only in part. */
export type LinkFault = LineFault | Fault<'babbling'>

/** What the link asks of the one who uses it. */
interface LinkUser {
	/** The port is open, and nothing is known of the display behind it. */
	begin(): void
	/** The next bytes to write; none when all is said. Asked for when the line is free. */
	next(): Uint8Array
	/** Harmless bytes for an idle line. */
	readonly idle: Uint8Array
	/** The last bytes before an intended end. */
	readonly farewell: Uint8Array
	hear(bytes: Uint8Array): void
	/** Called once, and again only after the port has stayed open for a while. */
	trouble(fault: LinkFault): void
}

export interface LinkOptions {
	readonly line: LineSettings
	readonly user: LinkUser
	readonly clock: Clock
	/** 0 to 1, as `Math.random`. */
	readonly random: () => number
	readonly delays: LinkDelays
}

export class SerialLink {
	readonly #options: LinkOptions
	readonly #stopping = new AbortController()
	#running: Promise<void> | undefined
	/** Aborted to end the wait on an idle line. */
	#idling = new AbortController()
	#renewed = false
	#reported = new Set<LinkFault['code']>()

	constructor(options: LinkOptions) {
		this.#options = options
	}

	/** Begins; the port is opened when it can be. */
	start(): void {
		this.#running ??= this.#run()
	}

	async stop(): Promise<void> {
		this.#stopping.abort()
		this.wake()
		await this.#running
	}

	/** There is something new to write. */
	wake(): void {
		this.#idling.abort()
	}

	/** The display began anew behind an open port: it is given its time, and then sent everything again. */
	renew(): void {
		this.#renewed = true
		this.wake()
	}

	async #run(): Promise<void> {
		const { clock, delays, random } = this.#options
		const stopping = this.#stopping.signal
		let attempt = 0
		while (!stopping.aborted) {
			const line = await this.#open()
			if (line !== undefined) {
				const since = clock.monotonic()
				await this.#converse(line)
				await line.close(delays.closeMs)
				if (clock.monotonic() - since >= delays.stableMs) {
					attempt = 0
					this.#reported.clear()
				}
			}
			await pause(clock, delayBefore(attempt++, delays.reopen, random), stopping)
		}
	}

	/** A line, unless there is none or the link is stopped meanwhile: what then comes too late is closed. */
	async #open(): Promise<SerialLine | undefined> {
		const { line, user, clock, delays } = this.#options
		const opening = SerialLine.open(line, clock, {
			hear: (bytes) => user.hear(bytes),
			babbled: () => this.#report(fail('babbling', `${line.path}: sends what no display sends`).fault),
		})
		const cancel = clock.after(delays.openMs, () =>
			this.#report(fail('unavailable', `${line.path}: does not open; unplug it and plug it in`).fault),
		)
		const opened = await unlessAborted(opening, this.#stopping.signal)
		cancel()
		if (opened?.ok) return opened.value
		if (opened !== undefined) this.#report(opened.fault)
		else void opening.then((late) => (late.ok ? late.value.close(delays.closeMs) : undefined))
		return undefined
	}

	/** Ends when the line is gone, takes nothing more, or the link is stopped. */
	async #converse(line: SerialLine): Promise<void> {
		const { delays, user } = this.#options
		const stopping = this.#stopping.signal
		const ending = new AbortController()
		const end = () => {
			ending.abort()
			this.wake()
		}
		line.gone.addEventListener('abort', end)
		stopping.addEventListener('abort', end)
		if (line.gone.aborted || stopping.aborted) end()
		const fault = await this.#write(line, ending.signal)
		stopping.removeEventListener('abort', end)
		if (fault !== undefined) this.#report(fault)
		else if (!line.gone.aborted) await line.write(user.farewell, delays.writeMs)
		else this.#report(fail('lost', `${this.#options.line.path}: unplugged; the display is looked for`).fault)
	}

	async #write(line: SerialLine, ending: AbortSignal): Promise<LineFault | undefined> {
		const { clock, delays, user } = this.#options
		const { baud } = this.#options.line
		this.#renewed = true
		let idle = false
		while (!ending.aborted) {
			if (this.#renewed) {
				this.#renewed = false
				user.begin()
				await pause(clock, delays.settleMs, ending)
				continue
			}
			const next = user.next()
			if (next.length === 0 && !idle) {
				this.#idling = new AbortController()
				await pause(clock, delays.idleMs, this.#idling.signal)
				idle = !this.#idling.signal.aborted
				continue
			}
			idle = false
			const bytes = next.length > 0 ? next : user.idle
			const onTheLine = (bytes.length * 10_000) / baud
			const written = await line.write(bytes, delays.writeMs + onTheLine)
			if (!written.ok) return written.fault
			// The kernel takes bytes at once and sends them slowly: what is newer must not queue behind them.
			await pause(clock, onTheLine, ending)
		}
		return undefined
	}

	#report(fault: LinkFault): void {
		if (this.#reported.has(fault.code)) return
		this.#reported.add(fault.code)
		this.#options.user.trouble(fault)
	}
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
	if (signal.aborted) return Promise.resolve(undefined)
	return new Promise((resolve) => {
		const aborted = () => resolve(undefined)
		signal.addEventListener('abort', aborted)
		void promise.then((value) => {
			signal.removeEventListener('abort', aborted)
			resolve(value)
		})
	})
}
