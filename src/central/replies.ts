/**
 * Publishes what answers devices, and waits for no acknowledgement: they come behind messages that wait for room here.
 * What is one too many, of all or of one device, is dropped: a device asks again for what it misses.
 */
import type { Fault, Result } from '../platform/result.ts'
import { mostInFlight } from '../protocol/limits.ts'
import { formatTopic } from '../protocol/topics.ts'

const mostReplies = 1024
const mostToOne = 4 * mostInFlight

export interface RepliesParts {
	readonly publish: (message: {
		readonly topic: string
		readonly payload: Buffer
	}) => Promise<Result<unknown>>
	readonly failed: (device: string, fault: Fault) => void
}

export class Replies {
	readonly #parts: RepliesParts
	#inFlight = 0
	/** By device; none is 0. */
	readonly #inFlightTo = new Map<string, number>()

	constructor(parts: RepliesParts) {
		this.#parts = parts
	}

	send(device: string, kind: 'receipt' | 'control' | 'centres', text: string): void {
		const toOne = this.#inFlightTo.get(device) ?? 0
		if (this.#inFlight >= mostReplies || toOne >= mostToOne) return
		this.#inFlight++
		this.#inFlightTo.set(device, toOne + 1)
		const message = { topic: formatTopic({ kind, device }), payload: Buffer.from(text) }
		void this.#parts.publish(message).then((sent) => {
			this.#ended(device)
			if (!sent.ok) this.#parts.failed(device, sent.fault)
		})
	}

	#ended(device: string): void {
		this.#inFlight--
		const left = (this.#inFlightTo.get(device) ?? 1) - 1
		if (left === 0) this.#inFlightTo.delete(device)
		else this.#inFlightTo.set(device, left)
	}
}
