/**
 * When what bearers of sticks hand in is taken: piece by piece, beside the messages of devices, which come first.
 *
 * INVARIANTS
 * - All bearers together have one piece begun, and a piece begins nothing more after some milliseconds: so much, and no
 *   more, may stand before a device's message on its way to the processor and the disk, however fast they send.
 * - After each piece nothing is begun for as long as it took, nor while a message of a device is at work. Only where
 *   these never cease is a piece begun all the same after a while: a stick comes to its end beside a flood too.
 *
 * Pieces of several lines, since lines that come together share the syncs of the ledger: one line at a time kept the
 * disk at work without end, and each receipt of a device waited for syncs that were not its own.
 */
import { type Clock, pause } from '../../platform/clock.ts'
import { mostInFlight } from '../../protocol/limits.ts'
import { DeviceQueues } from './device-queues.ts'

/** A piece begins no more than so much, and nothing more after so many milliseconds. */
const mostInPiece = mostInFlight
const pieceMs = 4

/** Milliseconds that a piece waits for a moment without a message of a device. */
export const mostWaitMs = 50

export interface BearersTurnsParts {
	readonly clock: Clock
	/** Resolves when no message of a device is at work. */
	readonly calm: () => Promise<void>
}

interface HandedIn {
	readonly payload: Uint8Array
	/** Rejects never. */
	readonly begin: () => Promise<void>
}

export class BearersTurns {
	readonly #parts: BearersTurnsParts
	/** One of each bearer's in turn. */
	readonly #queues = new DeviceQueues<HandedIn>()
	#working = false
	#calm: Promise<void> | undefined

	constructor(parts: BearersTurnsParts) {
		this.#parts = parts
	}

	/** Has `work` with `payload` done in the turn of `bearer`. Throws (a bug) when more of it waits than of any device may. */
	turn<T>(bearer: string, payload: Uint8Array, work: () => Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			const begin = () => work().then(resolve, reject)
			if (!this.#queues.put(bearer, { payload, begin })) throw new RangeError(`${bearer}: too much waits`)
			if (!this.#working) void this.#work()
		})
	}

	async #work(): Promise<void> {
		const { clock } = this.#parts
		this.#working = true
		while (!this.#queues.isEmpty) {
			await this.#quietMoment()
			const began = clock.monotonic()
			await this.#piece(began + pieceMs)
			await pause(clock, clock.monotonic() - began)
		}
		this.#working = false
	}

	async #piece(until: number): Promise<void> {
		const begun: Promise<void>[] = []
		while (begun.length < mostInPiece && (begun.length === 0 || this.#parts.clock.monotonic() < until)) {
			const taken = this.#queues.take()
			if (taken === undefined) break
			begun.push(taken.message.begin())
			// A device's message that came meanwhile is begun before the next.
			await new Promise(setImmediate)
		}
		await Promise.all(begun)
	}

	async #quietMoment(): Promise<void> {
		const { clock, calm } = this.#parts
		// Asked once: it may not come for hours.
		this.#calm ??= calm().then(() => {
			this.#calm = undefined
		})
		await Promise.race([this.#calm, pause(clock, mostWaitMs)])
	}
}
