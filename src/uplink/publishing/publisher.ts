/** Publishes what the delivery asks for, and brings back what became of it. */
import { Mutex } from 'async-mutex'
import type { PublishFault } from '../../platform/mqtt/acknowledgements.ts'
import type { Message, MqttConnection } from '../../platform/mqtt/mqtt-connection.ts'
import { type Fault, type Result, unreachable } from '../../platform/result.ts'
import { formatTopic } from '../../protocol/topics.ts'
import type { EntryIdCache } from '../../receipts/entry-id-cache.ts'
import type { DeliveryInput, DeliveryOutput } from '../queue/delivery.ts'
import type { JournalFollower } from '../queue/journal-follower.ts'
import type { PublishOutcome } from '../queue/retry-policy.ts'

export interface PublisherParts {
	readonly device: string
	readonly follower: JournalFollower
	readonly ids: EntryIdCache
	readonly connection: MqttConnection
	/** What became of a message of the connection that stands. */
	readonly answered: (input: DeliveryInput) => void
	readonly unreadable: (fault: Fault) => void
}

export class Publisher {
	readonly #parts: PublisherParts
	/** Counts connections, so that an answer from an earlier one is not taken for one of this. */
	#connection = 0
	readonly #reading = new Mutex()

	constructor(parts: PublisherParts) {
		this.#parts = parts
	}

	/** The connection came or went: what is under way belongs to an earlier one. */
	connectionChanged(): void {
		this.#connection++
	}

	/** Never rejects. */
	async send(output: DeliveryOutput): Promise<void> {
		const begun = this.#connection
		const { connection, answered } = this.#parts
		const outcome = await this.#inOrder(async () => {
			const message = begun === this.#connection ? await this.#read(output) : null
			if (begun !== this.#connection) return () => Promise.resolve(null)
			const sent = message === null ? null : connection.publish(message)
			return async () => (sent === null ? 'unreadable' : outcomeOf(await sent))
		})
		if (outcome === null || begun !== this.#connection) return
		switch (output.type) {
			case 'send-entry':
				return answered({ type: 'entry', seq: output.seq, outcome })
			case 'send-chunk':
				return answered({ ...output, type: 'chunk', outcome })
		}
	}

	/** Messages are read one after another, so that they leave in the order of the journal; answers may cross. */
	async #inOrder<T>(read: () => Promise<() => Promise<T>>): Promise<T> {
		const answer = await this.#reading.runExclusive(read)
		return answer()
	}

	/** Null when the journal can't be read. */
	async #read(output: DeliveryOutput): Promise<Message | null> {
		const { device, follower, ids } = this.#parts
		switch (output.type) {
			case 'send-entry': {
				const entry = await follower.entry(output.seq)
				if (!entry.ok) return this.#unreadable(entry.fault)
				ids.remember(output.seq, entry.value.id)
				const topic = formatTopic({ kind: 'entry', device, seq: output.seq })
				return { topic, payload: Buffer.from(entry.value.text) }
			}
			case 'send-chunk': {
				const { sha256, index } = output
				const chunk = await follower.chunk(sha256, index)
				if (!chunk.ok) return this.#unreadable(chunk.fault)
				return { topic: formatTopic({ kind: 'image', device, sha256, index }), payload: chunk.value }
			}
		}
	}

	#unreadable(fault: Fault): null {
		this.#parts.unreadable(fault)
		return null
	}
}

function outcomeOf(result: Result<true, PublishFault>): PublishOutcome {
	if (result.ok) return 'sent'
	switch (result.fault.code) {
		case 'too-large':
		case 'refused':
			return result.fault.code
		case 'not-connected':
		case 'timed-out':
			return 'not-sent'
		default:
			return unreachable(result.fault.code)
	}
}
