/**
 * Lets messages in as fast as they come and has them handled in fair turns. Reading is not held up by the
 * work, so that the broker's one queue for the centre, in which all devices stand behind each other, stays short.
 */
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import type { Topic } from '../protocol/topics.ts'
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

/** Messages being handled at one time: they share the syncs of the disk. */
export const mostOpen = 256

/** Bytes that wait at one time; then the broker holds the rest. */
const mostBytes = 64 * 1024 * 1024

export class FairDispatcher {
	readonly #parts: FairDispatcherParts
	readonly #queues = new DeviceQueues<IncomingMessage>()
	#bytes = 0
	#open = 0
	#working = false
	#roomWanted: (() => void)[] = []
	#idleWanted: (() => void)[] = []

	constructor(parts: FairDispatcherParts) {
		this.#parts = parts
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
		while (this.#open < mostOpen) {
			const message = this.#queues.take()
			if (message === undefined) break
			this.#bytes -= message.payload.length
			if (this.#bytes <= mostBytes) for (const resolve of this.#roomWanted.splice(0)) resolve()
			this.#open++
			void this.#parts.handle(message).then(() => this.#ended())
			await yieldIfDue()
		}
		this.#working = false
		this.#notifyIdle()
	}

	#ended(): void {
		this.#open--
		// With all places taken the work had stopped.
		if (this.#open === mostOpen - 1) this.#start()
		this.#notifyIdle()
	}

	#notifyIdle(): void {
		if (this.#open === 0 && !this.#working) for (const resolve of this.#idleWanted.splice(0)) resolve()
	}
}
