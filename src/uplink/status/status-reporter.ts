/** What an uplink tells of its device beside the entries: the status, and the head that the kiosk signed. */
import { parseJws } from '../../evidence/jws.ts'
import { readHeadText } from '../../journal/head-file.ts'
import { type Clock, instant } from '../../platform/clock.ts'
import type { Message, MqttConnection } from '../../platform/mqtt/mqtt-connection.ts'
import type { Status } from '../../protocol/status.ts'
import { formatTopic } from '../../protocol/topics.ts'

/** The status is told when something changed, and at most this often, in milliseconds. */
export const statusEvery = 30_000

/** What of a status the uplink has to look up. */
export type Observed = Pick<Status, 'kiosk' | 'free' | 'oldestUnsent'>

const unobserved: Observed = { kiosk: null, free: null, oldestUnsent: null }

export interface TellingParts {
	readonly device: string
	/** The journal's directory. */
	readonly journal: string
	readonly software: string
	readonly clock: Clock
	/** Milliseconds between two tellings of the status. */
	readonly every: number
	/** How the journal stands with the centre. */
	readonly standing: () => Pick<Status, 'recorded' | 'received' | 'resentTo' | 'setAside'>
	/** What takes a look at the machine. */
	readonly observe: () => Promise<Observed>
}

export class Telling {
	readonly #parts: TellingParts
	#toldAt = Number.NEGATIVE_INFINITY
	#sentHead = ''
	/** What was last told of the kiosk beside. */
	#toldKiosk = ''
	#cancelWatch: (() => void) | undefined
	#cancelLater: (() => void) | undefined
	#cancelHead = () => {}

	constructor(parts: TellingParts) {
		this.#parts = parts
	}

	/** What the broker tells when the uplink is gone. */
	get will(): Message {
		return this.#status('offline', unobserved)
	}

	/** On a new connection all is told again. */
	begin(connection: MqttConnection): void {
		this.tellStatusNow(connection)
		this.#sentHead = ''
		this.#watchHead(connection)
		if (this.#cancelWatch === undefined) this.#watch(connection)
	}

	/** The head comes a moment after the entry that it names, whose receipt may be here before it. */
	#watchHead(connection: MqttConnection): void {
		const { clock, every } = this.#parts
		this.#cancelHead()
		void this.tellHead(connection)
		this.#cancelHead = clock.after(every, () => {
			if (connection.connected) this.#watchHead(connection)
		})
	}

	tellStatusNow(connection: MqttConnection): void {
		this.#cancelLater?.()
		this.#cancelLater = undefined
		this.#toldAt = Number.NEGATIVE_INFINITY
		this.tellStatus(connection)
	}

	/** Now, or when it may be told again: the last change is always told. */
	tellStatus(connection: MqttConnection): void {
		const { clock, every } = this.#parts
		if (!connection.connected || this.#cancelLater !== undefined) return
		const now = clock.monotonic()
		const wait = this.#toldAt + every - now
		if (wait > 0) {
			this.#cancelLater = clock.after(wait, () => {
				this.#cancelLater = undefined
				this.tellStatus(connection)
			})
			return
		}
		this.#toldAt = now
		void this.#publish(connection)
	}

	async #publish(connection: MqttConnection): Promise<void> {
		const observed = await this.#parts.observe()
		this.#toldKiosk = JSON.stringify(observed.kiosk)
		await connection.publish(this.#status('online', observed))
	}

	/** A kiosk that begins or ceases to be well changes nothing else that would be told of. */
	#watch(connection: MqttConnection): void {
		const { clock, every } = this.#parts
		this.#cancelWatch = clock.after(every, () => void this.#look(connection))
	}

	async #look(connection: MqttConnection): Promise<void> {
		const { kiosk } = await this.#parts.observe()
		if (this.#cancelWatch === undefined) return
		if (JSON.stringify(kiosk) !== this.#toldKiosk) this.tellStatus(connection)
		this.#watch(connection)
	}

	stop(): void {
		this.#cancelLater?.()
		this.#cancelHead()
		this.#cancelWatch?.()
		this.#cancelWatch = undefined
	}

	/** The head of the close of day, where there is one. */
	async tellHead(connection: MqttConnection): Promise<void> {
		const { journal, device } = this.#parts
		const head = await readHeadText(journal)
		if (head === null || head === this.#sentHead || !parseJws(head, 'head').ok) return
		const sent = await connection.publish({
			topic: formatTopic({ kind: 'head', device }),
			payload: Buffer.from(head),
		})
		if (sent.ok) this.#sentHead = head
	}

	#status(state: Status['state'], observed: Observed): Message {
		const { device, software, clock, standing } = this.#parts
		const status: Status = {
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
