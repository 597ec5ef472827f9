/** What an uplink publishes of its device beside the entries: the status, and the head that the kiosk signed. */
import { parseJws } from '../../evidence/jws.ts'
import { readHeadText } from '../../journal/head-file.ts'
import { type Clock, instant } from '../../platform/clock.ts'
import type { Message, MqttConnection } from '../../platform/mqtt/mqtt-connection.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { formatTopic } from '../../protocol/topics.ts'

/** The status is published when something changed, and at most this often, in milliseconds. */
export const statusEveryMs = 30_000

/** What of a status the uplink has to look up. */
export type Observations = Pick<DeviceStatus, 'kiosk' | 'free' | 'oldestUnsent'>

const unobserved: Observations = { kiosk: null, free: null, oldestUnsent: null }

export interface StatusReporterParts {
	readonly device: string
	/** The journal's directory. */
	readonly journal: string
	readonly software: string
	readonly clock: Clock
	/** Between two statuses. */
	readonly everyMs: number
	/** How the journal stands with the centre. */
	readonly standing: () => Pick<DeviceStatus, 'recorded' | 'received' | 'resentTo' | 'setAside'>
	/** What takes a look at the machine. */
	readonly observe: () => Promise<Observations>
}

export class StatusReporter {
	readonly #parts: StatusReporterParts
	#publishedAt = Number.NEGATIVE_INFINITY
	#sentHead = ''
	/** What was last published of the kiosk beside. */
	#publishedKiosk = ''
	#cancelWatch: (() => void) | undefined
	#cancelLater: (() => void) | undefined
	#cancelHead = () => {}

	constructor(parts: StatusReporterParts) {
		this.#parts = parts
	}

	/** What the broker publishes when the uplink is gone. */
	get will(): Message {
		return this.#status('offline', unobserved)
	}

	/** On a new connection all is published again. */
	begin(connection: MqttConnection): void {
		this.publishStatusNow(connection)
		this.#sentHead = ''
		this.#watchHead(connection)
		if (this.#cancelWatch === undefined) this.#watch(connection)
	}

	/** The head comes a moment after the entry that it names, whose receipt may be here before it. */
	#watchHead(connection: MqttConnection): void {
		const { clock, everyMs } = this.#parts
		this.#cancelHead()
		void this.publishHead(connection)
		this.#cancelHead = clock.after(everyMs, () => {
			if (connection.connected) this.#watchHead(connection)
		})
	}

	publishStatusNow(connection: MqttConnection): void {
		this.#cancelLater?.()
		this.#cancelLater = undefined
		this.#publishedAt = Number.NEGATIVE_INFINITY
		this.publishStatus(connection)
	}

	/** Now, or when it may be published again: the last change always is. */
	publishStatus(connection: MqttConnection): void {
		const { clock, everyMs } = this.#parts
		if (!connection.connected || this.#cancelLater !== undefined) return
		const now = clock.monotonic()
		const wait = this.#publishedAt + everyMs - now
		if (wait > 0) {
			this.#cancelLater = clock.after(wait, () => {
				this.#cancelLater = undefined
				this.publishStatus(connection)
			})
			return
		}
		this.#publishedAt = now
		void this.#publish(connection)
	}

	async #publish(connection: MqttConnection): Promise<void> {
		const observed = await this.#parts.observe()
		this.#publishedKiosk = JSON.stringify(observed.kiosk)
		await connection.publish(this.#status('online', observed))
	}

	/** A kiosk that begins or ceases to be well changes nothing else that would be published. */
	#watch(connection: MqttConnection): void {
		const { clock, everyMs } = this.#parts
		this.#cancelWatch = clock.after(everyMs, () => void this.#look(connection))
	}

	async #look(connection: MqttConnection): Promise<void> {
		const { kiosk } = await this.#parts.observe()
		if (this.#cancelWatch === undefined) return
		if (JSON.stringify(kiosk) !== this.#publishedKiosk) this.publishStatus(connection)
		this.#watch(connection)
	}

	stop(): void {
		this.#cancelLater?.()
		this.#cancelHead()
		this.#cancelWatch?.()
		this.#cancelWatch = undefined
	}

	/** The head of the close of day, where there is one. */
	async publishHead(connection: MqttConnection): Promise<void> {
		const { journal, device } = this.#parts
		const head = await readHeadText(journal)
		if (head === null || head === this.#sentHead || !parseJws(head, 'head').ok) return
		const sent = await connection.publish({
			topic: formatTopic({ kind: 'head', device }),
			payload: Buffer.from(head),
		})
		if (sent.ok) this.#sentHead = head
	}

	#status(state: DeviceStatus['state'], observed: Observations): Message {
		const { device, software, clock, standing } = this.#parts
		const status: DeviceStatus = {
			v: 1,
			device,
			state,
			software,
			...standing(),
			...observed,
			// The will is written when the connection begins: its time would be that of the beginning.
			time: state === 'online' ? instant(clock.wall()) : null,
		}
		const payload = Buffer.from(JSON.stringify(status))
		return { topic: formatTopic({ kind: 'status', device }), payload, retain: true }
	}
}
