/**
 * Takes the journal to the centre and the receipts home. It joins the follower (what is there), the delivery
 * (what to send), the connection (how) and the receipts (what counts), and writes nothing outside its own
 * directory. See `delivery.ts` for the promises.
 */
import { join } from 'node:path'
import type { Identity } from '../evidence/identity.ts'
import type { Receipt } from '../evidence/receipt.ts'
import type { Clock } from '../platform/clock.ts'
import {
	type Broker,
	type ConnectionDelays,
	connectionDelays,
	MqttConnection,
} from '../platform/mqtt-connection.ts'
import type { Fault } from '../platform/result.ts'
import { formatTopic, parseTopic } from '../protocol/topics.ts'
import { Delivery, type DeliveryInput } from './delivery.ts'
import type { UplinkLog } from './events.ts'
import { JournalFollower } from './journal-follower.ts'
import { NoticeBoard } from './notice-board.ts'
import { OwnIds } from './own-ids.ts'
import { type DeliveryDelays, deliveryDelays } from './patience.ts'
import { Receipts } from './receipts.ts'
import { Sending } from './sending.ts'
import { Telling } from './telling.ts'
import { stateFile, type UplinkState } from './uplink-state.ts'
import type { SetAside } from './waiting-apart.ts'

export interface UplinkOptions {
	/** The journal's directory, and the uplink's own. */
	readonly journal: string
	readonly directory: string
	/** Without it, the device of the journal's first entry. */
	readonly device?: string | undefined
	/** The pinned centre. */
	readonly centre: Identity
	readonly broker: Broker
	readonly pollMs: number
	/** Told in the status, e.g. `testigo 0.1.0`. */
	readonly software: string
	readonly clock: Clock
	readonly random: () => number
	readonly log: UplinkLog
	/** Called when it can't go on with this journal: it should be stopped, and may be started anew. */
	readonly ended?: (fault: Fault) => void
	readonly connectionDelays?: ConnectionDelays
	readonly deliveryDelays?: DeliveryDelays
}

/** What there is once the device is known. */
interface Parts {
	readonly delivery: Delivery
	readonly connection: MqttConnection
	readonly sending: Sending
	readonly receipts: Receipts
	readonly telling: Telling
}

export class Uplink {
	readonly #options: UplinkOptions
	readonly #follower: JournalFollower
	readonly #ids: OwnIds
	readonly #board: NoticeBoard
	#parts: Parts | undefined
	#starting: Promise<void> | undefined
	/** The journal was read as far as it went at start, so kept receipts can be checked against it. */
	#looked = false
	#stopped = false
	#cancelWake: (() => void) | undefined
	#complete = 0

	constructor(options: UplinkOptions) {
		this.#options = options
		this.#follower = new JournalFollower({
			journal: options.journal,
			clock: options.clock,
			pollMs: options.pollMs,
			grew: (last) => this.#grew(last),
			failed: (fault) => this.#journalFailed(fault),
		})
		this.#ids = new OwnIds(this.#follower)
		this.#board = new NoticeBoard({
			directory: options.directory,
			clock: options.clock,
			collect: () => this.#collect(),
			changed: () => this.#parts?.telling.tellStatus(this.#parts.connection),
			failed: (error) => this.#diskFailed(error),
		})
	}

	/** Resolves when it runs, or when it waits for the journal's first entry, which names the device. */
	async start(): Promise<void> {
		await this.#follower.start()
		this.#looked = true
		await this.#begin()
	}

	async stop(): Promise<void> {
		if (this.#stopped) return
		this.#stopped = true
		await this.#follower.stop()
		await this.#starting
		this.#cancelWake?.()
		const parts = this.#parts
		if (parts !== undefined) {
			await parts.connection.stop()
			await parts.receipts.close()
			await this.#board.stop()
		}
		this.#options.log({ event: 'stopped' })
	}

	/** The seq up to which a verified receipt covers the journal without a gap. */
	get received(): number {
		return this.#parts?.receipts.upto ?? 0
	}

	/** The seq up to which the centre holds all entries with all their files. */
	get complete(): number {
		return this.#parts?.delivery.complete ?? 0
	}

	/** What waits apart and is tried again slowly: the first hundred. */
	get setAside(): SetAside[] {
		return this.#parts?.delivery.setAside(100) ?? []
	}

	#grew(last: number): void {
		if (this.#parts !== undefined) {
			this.#take(this.#parts, { type: 'journal', last })
			this.#board.note({})
		} else if (this.#looked) void this.#begin()
	}

	/** Never rejects. A disk that fails now is tried again when the journal grows. */
	#begin(): Promise<void> {
		if (this.#stopped || this.#parts !== undefined) return Promise.resolve()
		this.#starting ??= this.#open()
			.catch((error) => this.#diskFailed(error))
			.finally(() => {
				this.#starting = undefined
			})
		return this.#starting
	}

	/** Null until the journal or the configuration tells. */
	async #device(): Promise<string | null> {
		const { device } = this.#options
		if (this.#follower.last === 0) return device ?? null
		const first = await this.#follower.entry(1)
		if (!first.ok) {
			this.#journalFailed(first.fault)
			return null
		}
		if (device === undefined || device === first.value.device) return first.value.device
		this.#journalFailed({
			code: 'other-device',
			detail: `the journal is by ${first.value.device}, the configuration says ${device}`,
		})
		return null
	}

	async #open(): Promise<void> {
		const device = await this.#device()
		if (device === null) return
		const { directory, log, deliveryDelays: delays = deliveryDelays } = this.#options
		if (await this.#board.open(device)) log({ event: 'state-moved-aside', path: join(directory, stateFile) })
		const receipts = this.#receipts(device)
		await receipts.open()
		const received = receipts.upto
		// Files are held only for entries that are.
		this.#complete = Math.min(this.#board.state.imagesUpto, received)
		const delivery = new Delivery(received, this.#complete, delays)
		const telling = this.#telling(device, receipts)
		const connection = this.#connection(device, telling)
		const sending = new Sending({
			device,
			follower: this.#follower,
			ids: this.#ids,
			connection,
			answered: (input) => this.#take(parts, input),
			unreadable: (fault) => log({ event: 'journal-fault', fault }),
		})
		const parts: Parts = { delivery, connection, sending, receipts, telling }
		this.#parts = parts
		await this.#board.start()
		log({ event: 'started', device, received, complete: this.#complete })
		this.#take(parts, { type: 'journal', last: this.#follower.last })
		if (!this.#stopped) connection.start()
	}

	#receipts(device: string): Receipts {
		const { directory, centre, log } = this.#options
		return new Receipts({
			directory,
			device,
			centre,
			ownId: this.#ids.at,
			board: this.#board,
			log,
			counted: (receipt) => this.#counted(receipt),
			diskFailed: (error) => this.#diskFailed(error),
		})
	}

	#telling(device: string, receipts: Receipts): Telling {
		const { journal, software, clock } = this.#options
		const counts = () => ({ recorded: this.#follower.last, received: receipts.upto })
		return new Telling({ device, journal, software, clock, counts })
	}

	#connection(device: string, telling: Telling): MqttConnection {
		const { broker, clock, random } = this.#options
		return new MqttConnection({
			broker,
			clientId: device,
			subscriptions: [formatTopic({ kind: 'receipt', device })],
			will: telling.will,
			clock,
			random,
			delays: this.#options.connectionDelays ?? connectionDelays,
			connected: (window) => this.#connected(window),
			disconnected: (fault) => this.#disconnected(fault),
			message: (topic, payload) => this.#message(device, topic, payload),
		})
	}

	#message(device: string, topic: string, payload: Buffer): Promise<void> | undefined {
		const parsed = parseTopic(topic)
		if (parsed?.device !== device || parsed.kind !== 'receipt') return undefined
		return this.#parts?.receipts.take(payload)
	}

	#connected(window: number): void {
		const parts = this.#parts
		if (parts === undefined) return
		parts.sending.connectionChanged()
		this.#board.note({ connected: true, lastError: null })
		this.#options.log({ event: 'connected', broker: this.#options.broker.url })
		parts.telling.begin(parts.connection)
		this.#take(parts, { type: 'connected', window })
	}

	#disconnected(fault: Fault): void {
		const parts = this.#parts
		if (parts === undefined) return
		parts.sending.connectionChanged()
		this.#board.note({ connected: false })
		this.#board.noteTrouble(fault)
		this.#options.log({ event: 'disconnected', fault })
		this.#take(parts, { type: 'disconnected' })
	}

	#journalFailed(fault: Fault): void {
		this.#options.log({ event: 'journal-fault', fault })
		this.#board.noteTrouble(fault)
		if (fault.code === 'replaced' || fault.code === 'line-too-long' || fault.code === 'other-device') {
			this.#options.ended?.(fault)
		}
	}

	#diskFailed(error: unknown): void {
		const detail = error instanceof Error ? error.message : String(error)
		const fault = { code: 'disk', detail }
		this.#options.log({ event: 'disk-fault', fault })
	}

	#take(parts: Parts, input: DeliveryInput): void {
		if (this.#stopped) return
		const { clock } = this.#options
		// One reading of the clock for both: a deadline that fell between two would never be woken for.
		const now = clock.monotonic()
		for (const output of parts.delivery.take(input, now)) void parts.sending.send(output)
		this.#cancelWake?.()
		const wakeAt = parts.delivery.wakeAt(now)
		this.#cancelWake =
			wakeAt === null ? undefined : clock.after(wakeAt - now, () => this.#take(parts, { type: 'time' }))
	}

	#counted(receipt: Receipt): void {
		const parts = this.#parts
		if (parts === undefined) return
		this.#take(parts, { type: 'receipt', receipt })
		const { complete } = parts.delivery
		if (complete > this.#complete) {
			this.#complete = complete
			this.#options.log({ event: 'complete', complete })
		}
		this.#board.note({})
		if (this.received === this.#follower.last) void parts.telling.tellHead(parts.connection)
	}

	#collect(): Partial<UplinkState> {
		const delivery = this.#parts?.delivery
		if (delivery === undefined) return {}
		const { complete, setAsideCount } = delivery
		return { imagesUpto: complete, setAside: delivery.setAside(100), setAsideCount }
	}
}
