/**
 * Messages that wait to be handled: a queue for each device, and one from each in turn, so that a device that
 * sends without end delays the others by no more than a message of its own at a time. What comes to a queue
 * that is full is dropped: an honest uplink never has so much in flight, and what has no receipt is sent again.
 */
import { mostInFlight } from '../protocol/limits.ts'

/** Messages of one device that wait at one time. */
export const mostWaiting = 4 * mostInFlight

export class DeviceQueues<T> {
	/** Those that are not empty, the one whose turn it is first. */
	readonly #queues = new Map<string, T[]>()

	/** False when it was dropped. */
	put(device: string, message: T): boolean {
		const queue = this.#queues.get(device)
		if (queue === undefined) this.#queues.set(device, [message])
		else if (queue.length >= mostWaiting) return false
		else queue.push(message)
		return true
	}

	/** The next in turn; undefined when nothing waits. */
	take(): T | undefined {
		for (const [device, queue] of this.#queues) {
			const message = queue.shift()
			this.#queues.delete(device)
			if (queue.length > 0) this.#queues.set(device, queue)
			return message
		}
		return undefined
	}
}
