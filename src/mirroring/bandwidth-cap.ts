/** No more bytes a second than a line can spare. */
import { type Clock, pause } from '../platform/clock.ts'

export class BandwidthCap {
	readonly #bytesPerMs: number
	readonly #clock: Clock
	/** When all that was taken so far will have been paid for, by the clock's monotonic milliseconds. */
	#paidAtMs = 0

	constructor(bytesPerSecond: number, clock: Clock) {
		this.#bytesPerMs = bytesPerSecond / 1000
		this.#clock = clock
	}

	/** Resolves when as many bytes as came may have come. */
	async take(bytes: number): Promise<void> {
		const nowMs = this.#clock.monotonic()
		this.#paidAtMs = Math.max(this.#paidAtMs, nowMs) + bytes / this.#bytesPerMs
		await pause(this.#clock, this.#paidAtMs - nowMs)
	}
}
