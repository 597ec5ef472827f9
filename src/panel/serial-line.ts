/**
 * One opening of a serial port: once lost it is never used again, and the next opening is a new object.
 *
 * What serialport 13 asks for: a `data` listener before the port opens, since an unplugged port that nobody
 * reads reports nothing; a deadline on each write, since it has none of its own; `close()` and never
 * `destroy()`, which leaks the lock; and no second use after an error, which can come twice.
 */
import type { SerialPort } from 'serialport'
import type { Clock } from '../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

/** `unavailable`: it can't be opened. `stalled`: it took no bytes in time. `lost`: it was unplugged. */
export type LineFault = Fault<'unavailable' | 'stalled' | 'lost'>

export interface LineSettings {
	/** A device file, best one of `/dev/serial/by-id`, which stays the same wherever the cable is plugged in. */
	readonly path: string
	/** Bits per second; a byte is ten. */
	readonly baud: number
}

export interface LineListener {
	hear(bytes: Uint8Array): void
	/** The other side sends more than it has reason to; for a while the port is not read. */
	babbled(): void
}

/** What the port itself buffers in either direction, in bytes; the kernel has some 4 KiB of its own. */
const bufferBytes = 512

/** Bytes and milliseconds: of more bytes within that time nothing is heard for as long. */
const mostHeard = { bytes: 2_048, within: 1_000 }

export class SerialLine {
	readonly #port: SerialPort
	readonly #path: string
	readonly #clock: Clock
	readonly #gone = new AbortController()
	/** A write did not come back. */
	#stalled = false

	private constructor(port: SerialPort, path: string, clock: Clock) {
		this.#port = port
		this.#path = path
		this.#clock = clock
		port.on('close', () => this.#gone.abort())
		port.on('error', () => this.#gone.abort())
	}

	static async open(
		{ path, baud }: LineSettings,
		clock: Clock,
		listener: LineListener,
	): Promise<Result<SerialLine, LineFault>> {
		try {
			// Loaded only where a display is configured: its native part need not exist elsewhere.
			const { SerialPort } = await import('serialport')
			const port = new SerialPort({ path, baudRate: baud, autoOpen: false, highWaterMark: bufferBytes })
			const line = new SerialLine(port, path, clock)
			line.#listen(listener)
			await new Promise<void>((resolve, reject) => {
				port.open((error) => (error === null ? resolve() : reject(error)))
			})
			return ok(line)
		} catch (error) {
			const { message } = error instanceof Error ? error : new Error(String(error))
			return fail('unavailable', `${path}: can't be opened (${message}); is the display plugged in?`)
		}
	}

	/** Aborted as soon as the port is known to be gone. */
	get gone(): AbortSignal {
		return this.#gone.signal
	}

	/** Resolves when the kernel took the bytes, or with what kept it from it for `deadline` milliseconds. */
	write(bytes: Uint8Array, deadline: number): Promise<Result<true, LineFault>> {
		const lost = fail('lost', `${this.#path}: unplugged; the display is looked for`)
		if (this.gone.aborted) return Promise.resolve(lost)
		return new Promise((resolve) => {
			const end = (result: Result<true, LineFault>) => {
				cancel()
				this.gone.removeEventListener('abort', unplugged)
				resolve(result)
			}
			const cancel = this.#clock.after(deadline, () => {
				this.#stalled = true
				end(fail('stalled', `${this.#path}: the display takes nothing; unplug it and plug it in`))
			})
			// A port that closes just now keeps the bytes for its next opening, and never calls back.
			const unplugged = () => end(lost)
			this.gone.addEventListener('abort', unplugged)
			this.#port.write(bytes, (error) => end(error ? lost : ok(true)))
		})
	}

	/** Resolves when the port is closed, or after `deadline` milliseconds. */
	async close(deadline: number): Promise<void> {
		const port = this.#port
		if (!port.isOpen && !port.closing) return
		await new Promise<void>((resolve) => {
			const cancel = this.#clock.after(deadline, resolve)
			const done = () => {
				cancel()
				resolve()
			}
			if (port.closing) return port.once('close', done)
			// Output that nobody takes would hold the close, and a thread of libuv with it, for half a minute.
			if (this.#stalled) port.flush(() => {})
			return port.close(done)
		})
	}

	#listen({ hear, babbled }: LineListener): void {
		let since = Number.NEGATIVE_INFINITY
		let heard = 0
		this.#port.on('data', (bytes: Uint8Array) => {
			hear(bytes)
			const now = this.#clock.monotonic()
			if (now - since > mostHeard.within) {
				since = now
				heard = 0
			}
			heard += bytes.length
			if (heard <= mostHeard.bytes) return
			this.#port.pause()
			this.#clock.after(mostHeard.within, () => {
				if (!this.gone.aborted) this.#port.resume()
			})
			babbled()
		})
	}
}
