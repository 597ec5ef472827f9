/**
 * Publishes again and again for as long as it runs. After a fault the log is read anew from the disk: what is in memory
 * may be more than what lies there.
 */
import { type Clock, pause } from '../platform/clock.ts'
import type { Fault } from '../platform/result.ts'
import type { PublishLog } from './events.ts'
import { LeftCosignatures } from './left-cosignatures.ts'
import { Publisher, type PublisherFault, type PublisherParts } from './publisher.ts'

const hourMs = 3_600_000

export interface PublishingProcessParts {
	readonly publisher: PublisherParts
	/** A folder in which witnesses leave what they have signed; it need not be there. */
	readonly cosignatures: string
	readonly everyMs: number
	readonly clock: Clock
	readonly log: PublishLog
}

export class PublishingProcess {
	readonly #parts: PublishingProcessParts
	readonly #cosignatures: LeftCosignatures
	readonly #stopping = new AbortController()
	#publisher: Publisher | null = null
	#fault: PublisherFault | null = null
	#leaves = 0
	#lookedMs = 0
	#running: Promise<void> = Promise.resolve()

	constructor(parts: PublishingProcessParts) {
		this.#parts = parts
		const { cosignatures, publisher } = parts
		this.#cosignatures = new LeftCosignatures({ folder: cosignatures, archive: publisher.archive })
	}

	/** Resolves when the first look is done, also where it failed: then it is tried again. */
	async start(): Promise<void> {
		this.#lookedMs = this.#parts.clock.monotonic()
		await this.#once()
		this.#running = this.#goOn()
	}

	async stop(): Promise<void> {
		this.#stopping.abort()
		await this.#running
		this.#parts.log({ event: 'stopped' })
	}

	/** One publication may take minutes; what does not come to an end an hour after it was due hangs. */
	async healthFault(): Promise<Fault | null> {
		const sinceMs = this.#parts.clock.monotonic() - this.#lookedMs
		if (sinceMs < this.#parts.everyMs + hourMs) return null
		return {
			code: 'not-publishing',
			detail: `no look has come to an end for ${Math.round(sinceMs / 1000)} s`,
		}
	}

	get statusText(): string {
		return this.#fault === null ? `${this.#leaves} leaves published` : this.#fault.detail
	}

	async #goOn(): Promise<void> {
		const { clock, everyMs } = this.#parts
		while (!this.#stopping.signal.aborted) {
			await pause(clock, everyMs, this.#stopping.signal)
			if (!this.#stopping.signal.aborted) await this.#once()
		}
	}

	async #once(): Promise<void> {
		const { publisher: parts, log } = this.#parts
		if (this.#publisher === null) {
			const opened = await Publisher.open(parts)
			if (!opened.ok) return this.#failed(opened.fault)
			this.#publisher = opened.value
			log({ event: 'started', leaves: opened.value.leaves })
		}
		const beganMs = this.#parts.clock.monotonic()
		const published = await this.#publisher.publish()
		if (!published.ok) return this.#failed(published.fault)
		if (this.#fault !== null) log({ event: 'publish-back' })
		this.#fault = null
		const { publication, leaves, changed, waiting, torrent } = published.value
		this.#leaves = leaves
		this.#lookedMs = this.#parts.clock.monotonic()
		const seconds = Math.round(this.#lookedMs - beganMs) / 1000
		if (publication !== null)
			log({ event: 'published', publication, leaves, changed, waiting, seconds, torrent })
		await this.#takeCosignatures()
	}

	/** A disk that fails shows at the next publication. */
	async #takeCosignatures(): Promise<void> {
		const { log } = this.#parts
		const { added, fault, refused } = await this.#cosignatures
			.take()
			.catch(({ code = 'unknown', message }: NodeJS.ErrnoException) => ({
				...{ added: 0, refused: 0 },
				fault: { code, detail: message },
			}))
		if (added > 0) log({ event: 'cosigned', added })
		if (fault !== null) log({ event: 'cosignatures-refused', refused, fault })
	}

	/** Told when it begins, and when it is another. */
	#failed(fault: PublisherFault): void {
		this.#publisher = null
		this.#lookedMs = this.#parts.clock.monotonic()
		if (this.#fault?.detail !== fault.detail) this.#parts.log({ event: 'publish-fault', fault })
		this.#fault = fault
	}
}
