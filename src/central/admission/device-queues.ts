/**
 * Messages that wait to be handled: a queue for each device, and one from each in turn, so that a device that
 * sends without end delays the others by no more than a message of its own at a time. What comes to a queue
 * that is full is dropped: an honest uplink never has so much in flight, and what has no receipt is sent again.
 */
import { longestJws } from '../../evidence/jws.ts'
import { chunkSize } from '../../protocol/chunks.ts'
import { mostChunksInFlight, mostInFlight } from '../../protocol/limits.ts'

/** Messages of one device that wait at one time, and their bytes: four times what an uplink has in flight. */
export const mostWaiting = 4 * mostInFlight
const mostWaitingBytes = 4 * (mostInFlight * longestJws + mostChunksInFlight * chunkSize)

interface Queue<T> {
	readonly messages: T[]
	bytes: number
}

interface Turn<T> {
	readonly device: string
	readonly message: T
}

export class DeviceQueues<T extends { readonly payload: Uint8Array }> {
	/** Those that are not empty, the one whose turn it is first. */
	readonly #queues = new Map<string, Queue<T>>()

	get isEmpty(): boolean {
		return this.#queues.size === 0
	}

	hasRoom(device: string, bytes: number): boolean {
		const queue = this.#queues.get(device)
		return (
			queue === undefined || (queue.messages.length < mostWaiting && queue.bytes + bytes <= mostWaitingBytes)
		)
	}

	/** False when it was dropped. */
	put(device: string, message: T): boolean {
		const bytes = message.payload.length
		const queue = this.#queues.get(device)
		if (queue === undefined) {
			this.#queues.set(device, { messages: [message], bytes })
			return true
		}
		if (!this.hasRoom(device, bytes)) return false
		queue.messages.push(message)
		queue.bytes += bytes
		return true
	}

	/** The next in turn of those that may begin another; undefined when none of them waits. */
	take(mayBegin: (device: string) => boolean = () => true): Turn<T> | undefined {
		for (const [device, queue] of this.#queues) {
			const [message] = queue.messages
			if (message === undefined || !mayBegin(device)) continue
			queue.messages.shift()
			this.#queues.delete(device)
			queue.bytes -= message.payload.length
			if (queue.messages.length > 0) this.#queues.set(device, queue)
			return { device, message }
		}
		return undefined
	}
}
