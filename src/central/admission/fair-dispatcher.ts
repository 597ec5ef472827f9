/**
 * Lets messages in as fast as they come and has them handled in fair turns. Reading is not held up by the
 * work, so that the broker's one queue for the centre, in which all devices stand behind each other, stays short.
 *
 * INVARIANTS
 * - In one turn of the event loop no device has more than one message begun: what another one sent, what was synced
 *   and what was signed for it meanwhile waits for no more than that.
 * - No device has more messages open than an uplink has in flight: what they wait for (the thread pool, the disk)
 *   stays short for the others too.
 *
 * What comes another way than through the broker has turns of its own (`bearers-turns.ts`).
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

/** Messages being handled at one time: they share the syncs of the disk. Of one device, as an uplink sends them. */
export const mostOpen = 256
export const mostOpenOfOne = mostInFlight

/** Bytes that wait at one time; then the broker holds the rest. */
const mostBytes = 64 * 1024 * 1024

export class FairDispatcher {
	readonly #parts: FairDispatcherParts
	readonly #queues = new DeviceQueues<IncomingMessage>()
	#bytes = 0
	#open = 0
	/** By queue; none is 0. */
	readonly #openOf = new Map<string, number>()
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
		const { isKnown, dropped } = this.#parts
		const { device } = message.topic
		if (!this.#queues.put(isKnown(device) ? device : '', message)) {
			dropped(device)
			return undefined
		}
		this.#bytes += message.payload.length
		this.#start()
		if (this.#bytes <= mostBytes) return undefined
		return new Promise((resolve) => this.#roomWanted.push(resolve))
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
			const taken = this.#queues.take((device) => (this.#openOf.get(device) ?? 0) < mostOpenOfOne)
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
			void this.#parts.handle(message).then(() => this.#ended(device))
			await yieldIfDue()
		}
		this.#working = false
		this.#notifyIdle()
	}

	#ended(device: string): void {
		this.#open--
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
