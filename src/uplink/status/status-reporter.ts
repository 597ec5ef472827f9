/** What an uplink publishes of its device beside the entries: the status, and the head that the kiosk signed. */
import { parseJws } from '../../evidence/jws.ts'
import { readHeadText } from '../../journal/head-file.ts'
import { type Clock, instant } from '../../platform/clock.ts'
import type { Message, MqttConnection } from '../../platform/mqtt/mqtt-connection.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { formatTopic } from '../../protocol/topics.ts'

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
	readonly standing: () => Pick<
		DeviceStatus,
		'recorded' | 'received' | 'resentTo' | 'setAside' | 'paused' | 'centres'
	>
	/** What takes a look at the machine. */
	readonly observe: () => Promise<Observations>
}

export class StatusReporter {
	readonly #parts: StatusReporterParts
	#sentHead = ''
	#cancelNext = () => {}

	constructor(parts: StatusReporterParts) {
		this.#parts = parts
	}

	/** What the broker publishes when the uplink is gone. */
	get will(): Message {
		return this.#status('offline', unobserved)
	}

	/** On a new connection all is published again: a broker keeps nothing of it. */
	begin(connection: MqttConnection): void {
		this.#sentHead = ''
		this.#report(connection)
	}

	/** The head comes a moment after the entry that it names, whose receipt may be here before it. */
	#report(connection: MqttConnection): void {
		const { clock, everyMs } = this.#parts
		this.#cancelNext()
		void this.publishStatus(connection)
		void this.publishHead(connection)
		this.#cancelNext = clock.after(everyMs, () => {
			if (connection.connected) this.#report(connection)
		})
	}

	async publishStatus(connection: MqttConnection): Promise<void> {
		const observed = await this.#parts.observe()
		await connection.publish(this.#status('online', observed))
	}

	stop(): void {
		this.#cancelNext()
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
		return { topic: formatTopic({ kind: 'status', device }), payload }
	}
}
