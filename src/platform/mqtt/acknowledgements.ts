/**
 * Publishes that wait for the broker's acknowledgement. Brokers acknowledge in order, so one deadline, for the oldest,
 * stands for all; how long it is, the line says.
 */
import type { Clock } from '../clock.ts'
import { type Fault, ok, type Result } from '../result.ts'
import { LinePace } from './line-pace.ts'

/**
 * `not-connected`: no connection, or it went before the acknowledgement. `too-large`: over what the broker
 * said it takes. `refused`: the broker said no. `timed-out`: it said nothing.
 */
export type PublishFault = Fault<'not-connected' | 'too-large' | 'refused' | 'timed-out'>

/**
 * Milliseconds from a publish, or from the acknowledgement of the one before it, to its own: `most` while nothing is
 * known of the line (a message waits for those before it, and 96 KiB in a minute is 13 kbit/s), then some times what
 * is to be expected, at least `least`.
 */
export interface AcknowledgementDelays {
	readonly leastMs: number
	readonly mostMs: number
}

/** How many times the expected wait is allowed: lines are not steady. */
const waitFactor = 4

interface Waiting {
	readonly bytes: number
	readonly settle: (result: Result<true, PublishFault>) => void
}

export interface AcknowledgementsParts {
	readonly clock: Clock
	readonly delays: AcknowledgementDelays
	/** The oldest, which is settled, had none in time: the connection is no good. */
	readonly late: (fault: PublishFault & Fault<'timed-out'>) => void
}

export class Acknowledgements {
	readonly #parts: AcknowledgementsParts
	/** In the order of publishing. */
	readonly #waiting = new Set<Waiting>()
	readonly #pace = new LinePace()
	#oldest: Waiting | undefined
	#oldestSince = 0
	#cancelDeadline: (() => void) | undefined

	constructor(parts: AcknowledgementsParts) {
		this.#parts = parts
	}

	/** Waits for the answer to `publish`, which sends so many bytes: null is the acknowledgement. */
	wait(
		bytes: number,
		publish: (answer: (fault: PublishFault | null) => void) => void,
	): Promise<Result<true, PublishFault>> {
		return new Promise((resolve) => {
			const waiting: Waiting = {
				bytes,
				settle: (result) => {
					if (!this.#waiting.delete(waiting)) return
					this.#watchOldest()
					resolve(result)
				},
			}
			this.#waiting.add(waiting)
			this.#watchOldest()
			publish((fault) => {
				if (fault !== null) return waiting.settle({ ok: false, fault })
				this.#learn(waiting)
				waiting.settle(ok(true))
			})
		})
	}

	/** Settles all that wait. */
	cut(fault: PublishFault): void {
		for (const { settle } of [...this.#waiting]) settle({ ok: false, fault })
	}

	#learn(waiting: Waiting): void {
		if (waiting !== this.#oldest) return
		this.#pace.acknowledged(waiting.bytes, this.#parts.clock.monotonic() - this.#oldestSince)
	}

	#watchOldest(): void {
		const [oldest] = this.#waiting
		if (oldest === this.#oldest) return
		this.#oldest = oldest
		this.#cancelDeadline?.()
		this.#cancelDeadline = undefined
		if (oldest === undefined) return
		const { clock, delays, late } = this.#parts
		this.#oldestSince = clock.monotonic()
		const allowedMs = Math.max(delays.leastMs, waitFactor * this.#pace.expected(oldest.bytes))
		this.#cancelDeadline = clock.after(Math.min(delays.mostMs, allowedMs), () => {
			const fault = { code: 'timed-out', detail: 'the broker did not acknowledge a message in time' } as const
			oldest.settle({ ok: false, fault })
			late(fault)
		})
	}
}
