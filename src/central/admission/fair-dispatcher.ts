/**
 * Lets messages in as fast as they come and has them handled in fair turns. Reading is not held up by the
 * work, so that the broker's one queue for the centre, in which all devices stand behind each other, stays short.
 *
 * INVARIANTS
 * - In one turn of the event loop no device has more than one message begun: what another one sent, what was synced
 *   and what was signed for it meanwhile waits for no more than that.
 * - No device has more messages open than an uplink has in flight: what they wait for (the thread pool, the disk)
 *   stays short for the others too.
 * - Beside messages of devices the bearer of a stick has one open, which nobody's receipt has to wait for long; where
 *   there are none it has as many as a device.
 */
import { yieldToEventLoop } from '../../platform/process/yield-to-event-loop.ts'
import { mostInFlight } from '../../protocol/limits.ts'
import type { Topic } from '../../protocol/topics.ts'
import { DeviceQueues } from './device-queues.ts'

export interface IncomingMessage {
	readonly topic: Topic
	readonly payload: Buffer
}

export interface FairDispatcherParts {
	/** Rejects never. */
	readonly handle: (message: IncomingMessage) => Promise<void>
	/** False for devices whose key is not known: anyone can invent names, so all of these share one queue. */
	readonly isKnown: (device: string) => boolean
	/** Called for a message that was dropped since its device has too many that wait. */
	readonly dropped: (device: string) => void
}

/** What waits for its turn. */
interface Waiting {
	readonly payload: Uint8Array
	/** Handed in by the bearer of a stick. */
	readonly isHandedIn: boolean
	/** Rejects never. */
	readonly begin: () => Promise<void>
}

/** Messages being handled at one time: they share the syncs of the disk. Of one device, as an uplink sends them. */
export const mostOpen = 256
export const mostOpenOfOne = mostInFlight

/** Bytes that wait at one time; then the broker holds the rest. */
const mostBytes = 64 * 1024 * 1024

export class FairDispatcher {
	readonly #parts: FairDispatcherParts
	readonly #queues = new DeviceQueues<Waiting>()
	#bytes = 0
	#open = 0
	/** By queue; none is 0. */
	readonly #openOf = new Map<string, number>()
	/** Of those open: of bearers of sticks. */
	#openOfBearers = 0
	#working = false
	#roomWanted: (() => void)[] = []
	#idleWanted: (() => void)[] = []

	constructor(parts: FairDispatcherParts) {
		this.#parts = parts
	}

	/** Whether a message of a device, of about so many bytes, would be let in now; one that would not counts as dropped. */
	hasRoom(device: string, bytes: number): boolean {
		const { isKnown, dropped } = this.#parts
		if (this.#queues.hasRoom(isKnown(device) ? device : '', bytes)) return true
		dropped(device)
		return false
	}

	/** Takes a message in. Undefined when more can be read at once, else a promise that ends when there is room. */
	accept(message: IncomingMessage): Promise<void> | undefined {
		const { isKnown, dropped, handle } = this.#parts
		const { device } = message.topic
		const waiting = { payload: message.payload, isHandedIn: false, begin: () => handle(message) }
		if (!this.#put(isKnown(device) ? device : '', waiting)) {
			dropped(device)
			return undefined
		}
		if (this.#bytes <= mostBytes) return undefined
		return new Promise((resolve) => this.#roomWanted.push(resolve))
	}

	/**
	 * Has work that came another way than through the broker done in its turn, with `payload`. All of one `bearer`,
	 * whose name is no device's, is as one device more. Throws (a bug) when more of it waits than of any device may.
	 */
	turn<T>(bearer: string, payload: Uint8Array, work: () => Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			const begin = () => work().then(resolve, reject)
			if (!this.#put(bearer, { payload, isHandedIn: true, begin }))
				throw new RangeError(`${bearer}: too much waits`)
		})
	}

	#put(queue: string, waiting: Waiting): boolean {
		if (!this.#queues.put(queue, waiting)) return false
		this.#bytes += waiting.payload.length
		this.#start()
		return true
	}

	/** Resolves when all that came is handled. */
	async idle(): Promise<void> {
		if (this.#open > 0 || this.#working) await new Promise<void>((resolve) => this.#idleWanted.push(resolve))
	}

	#start(): void {
		if (this.#working) return
		this.#working = true
		void this.#work()
	}

	async #work(): Promise<void> {
		const yieldIfDue = yieldToEventLoop()
		// What is read from the connection in this turn of the event loop stands in its queue before any is taken.
		await new Promise(setImmediate)
		const begun = new Set<string>()
		while (this.#open < mostOpen) {
			const taken = this.#queues.take((device, next) => this.#mayBegin(device, next))
			if (taken === undefined) break
			const { device, message } = taken
			if (begun.has(device)) {
				await new Promise(setImmediate)
				begun.clear()
			}
			begun.add(device)
			this.#bytes -= message.payload.length
			if (this.#bytes <= mostBytes) for (const resolve of this.#roomWanted.splice(0)) resolve()
			this.#open++
			this.#openOf.set(device, (this.#openOf.get(device) ?? 0) + 1)
			if (message.isHandedIn) this.#openOfBearers++
			void message.begin().then(() => this.#ended(device, message))
			await yieldIfDue()
		}
		this.#working = false
		this.#notifyIdle()
	}

	#mayBegin(queue: string, { isHandedIn }: Waiting): boolean {
		const isAlone = this.#open === this.#openOfBearers
		return (this.#openOf.get(queue) ?? 0) < (isHandedIn && !isAlone ? 1 : mostOpenOfOne)
	}

	#ended(device: string, { isHandedIn }: Waiting): void {
		this.#open--
		if (isHandedIn) this.#openOfBearers--
		const open = (this.#openOf.get(device) ?? 1) - 1
		if (open === 0) this.#openOf.delete(device)
		else this.#openOf.set(device, open)
		// With all places taken, or all of a device, the work had stopped.
		if (!this.#queues.isEmpty) this.#start()
		this.#notifyIdle()
	}

	#notifyIdle(): void {
		if (this.#open === 0 && !this.#working) for (const resolve of this.#idleWanted.splice(0)) resolve()
	}
}
