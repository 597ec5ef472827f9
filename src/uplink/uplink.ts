/**
 * Takes the journal to the centre and the receipts home. It joins the follower (what is there), the delivery
 * (what to send), the connection (how) and the receipts (what counts), and writes nothing outside its own
 * directory. See `delivery.ts` for the promises.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Identity } from '../evidence/identity.ts'
import { parseJws } from '../evidence/jws.ts'
import { type Clock, instant } from '../platform/clock.ts'
import { LineLog } from '../platform/line-log.ts'
import {
	type Broker,
	type ConnectionDelays,
	connectionDelays,
	type Message,
	MqttConnection,
	type PublishFault,
} from '../platform/mqtt-connection.ts'
import { type Fault, type Result, unreachable } from '../platform/result.ts'
import type { Status } from '../protocol/status.ts'
import { formatTopic, parseTopic } from '../protocol/topics.ts'
import {
	Delivery,
	type DeliveryDelays,
	type DeliveryInput,
	type DeliveryOutput,
	deliveryDelays,
	type Outcome,
	type SetAside,
} from './delivery.ts'
import type { UplinkLog } from './events.ts'
import { JournalFollower } from './journal-follower.ts'
import { NoticeBoard } from './notice-board.ts'
import { OwnIds } from './own-ids.ts'
import { stateFile, type UplinkState } from './uplink-state.ts'
import { verifyReceipt } from './verify-receipt.ts'

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
	/** When the program was built, milliseconds since 1970. */
	readonly notBefore?: number
	readonly random: () => number
	readonly log: UplinkLog
	/** Called when it can't go on with this journal: it should be stopped, and may be started anew. */
	readonly ended?: (fault: Fault) => void
	readonly connectionDelays?: ConnectionDelays
	readonly deliveryDelays?: DeliveryDelays
}

/** The status is told when something happened, and at most this often, in milliseconds. */
const statusEvery = 30_000

/** Receipts waiting to be checked; more are left unread, and asked for again when they are missed. */
const mostReceipts = 256

interface Parts {
	readonly device: string
	readonly delivery: Delivery
	readonly connection: MqttConnection
	readonly receipts: LineLog
}

export class Uplink {
	readonly #options: UplinkOptions
	readonly #follower: JournalFollower
	#parts: Parts | undefined
	#starting: Promise<void> | undefined
	/** The journal was read as far as it went at start, so kept receipts can be checked against it. */
	#looked = false
	#stopped = false
	/** Counts connections, so that an answer from an earlier one is not taken for one of this. */
	#generation = 0
	#cancelWake: (() => void) | undefined
	#received = 0
	#complete = 0
	#receiptQueue: Promise<void> = Promise.resolve()
	#reading: Promise<unknown> = Promise.resolve()
	#receiptsWaiting = 0
	#sentHead = ''
	#toldAt = Number.NEGATIVE_INFINITY
	readonly #ids: OwnIds
	readonly #board: NoticeBoard

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
			changed: () => this.#tellStatus(),
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
			await this.#receiptQueue
			await this.#board.stop()
			await parts.receipts.close().catch((error) => this.#diskFailed(error))
		}
		this.#options.log({ event: 'stopped' })
	}

	/** The seq up to which a verified receipt covers the journal without a gap. */
	get received(): number {
		return this.#received
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
		const { log: receipts, tornBytes } = await LineLog.open(
			join(directory, 'receipts.jws'),
			join(directory, 'quarantine'),
		)
		if (tornBytes > 0) log({ event: 'torn-receipt-line', bytes: tornBytes })

		let kept = { received: 0, complete: 0 }
		const { latestReceipt: latest, imagesUpto } = this.#board.state
		if (latest !== null) {
			const verified = await verifyReceipt(latest, this.#options.centre, device, this.#ids.at)
			if (verified.ok) {
				kept = { received: verified.value.receipt.upto?.seq ?? 0, complete: imagesUpto }
			} else {
				// Another centre, another journal, or a journal not yet read that far: sending again tells.
				log({ event: 'kept-receipt-refused', fault: verified.fault })
				this.#board.note({ latestReceipt: null })
			}
		}
		// Files are held only for entries that are.
		kept.complete = Math.min(kept.complete, kept.received)
		this.#received = kept.received
		this.#complete = kept.complete

		const delivery = new Delivery(kept.received, kept.complete, delays)
		const connection = this.#connection(device)
		const parts = { device, delivery, connection, receipts }
		this.#parts = parts
		await this.#board.start()
		log({ event: 'started', device, received: kept.received, complete: kept.complete })
		this.#take(parts, { type: 'journal', last: this.#follower.last })
		if (!this.#stopped) connection.start()
	}

	#connection(device: string): MqttConnection {
		const { broker, clock, notBefore = 0, random } = this.#options
		return new MqttConnection({
			notBefore,
			broker,
			clientId: device,
			subscriptions: [formatTopic({ kind: 'receipt', device })],
			will: this.#status(device, 'offline'),
			clock,
			random,
			delays: this.#options.connectionDelays ?? connectionDelays,
			connected: (window) => this.#connected(window),
			disconnected: (fault) => this.#disconnected(fault),
			message: (topic, payload) => this.#message(topic, payload),
		})
	}

	#connected(window: number): void {
		const parts = this.#parts
		if (parts === undefined) return
		this.#generation++
		this.#board.note({ connected: true, lastError: null })
		this.#options.log({ event: 'connected', broker: this.#options.broker.url })
		this.#toldAt = Number.NEGATIVE_INFINITY
		this.#tellStatus()
		this.#sentHead = ''
		void this.#publishHead(parts)
		this.#take(parts, { type: 'connected', window })
	}

	#disconnected(fault: Fault): void {
		const parts = this.#parts
		if (parts === undefined) return
		this.#generation++
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
		for (const output of parts.delivery.take(input, now)) {
			void this.#send(parts, output, this.#generation)
		}
		this.#cancelWake?.()
		const wakeAt = parts.delivery.wakeAt(now)
		this.#cancelWake =
			wakeAt === null ? undefined : clock.after(wakeAt - now, () => this.#take(parts, { type: 'time' }))
	}

	/** Never rejects. */
	async #send(parts: Parts, output: DeliveryOutput, generation: number): Promise<void> {
		const outcome = await this.#inOrder(async () => {
			const message = generation === this.#generation ? await this.#read(parts, output) : null
			if (generation !== this.#generation) return () => Promise.resolve(null)
			const sent = message === null ? null : parts.connection.publish(message)
			return async () => (sent === null ? 'unreadable' : outcomeOf(await sent))
		})
		if (outcome === null || generation !== this.#generation) return
		switch (output.type) {
			case 'send-entry':
				return this.#take(parts, { type: 'entry', seq: output.seq, outcome })
			case 'send-chunk':
				return this.#take(parts, { ...output, type: 'chunk', outcome })
		}
	}

	/** Messages are read one after another, so that they leave in the order of the journal; answers may cross. */
	async #inOrder<T>(read: () => Promise<() => Promise<T>>): Promise<T> {
		const next = this.#reading.then(read)
		this.#reading = next.catch(() => {})
		const answer = await next
		return answer()
	}

	async #read({ device }: Parts, output: DeliveryOutput): Promise<Message | null> {
		switch (output.type) {
			case 'send-entry': {
				const entry = await this.#follower.entry(output.seq)
				if (!entry.ok) return this.#unreadable(entry.fault)
				this.#ids.remember(output.seq, entry.value.id)
				const topic = formatTopic({ kind: 'entry', device, seq: output.seq })
				return { topic, payload: Buffer.from(entry.value.text) }
			}
			case 'send-chunk': {
				const { sha256, index } = output
				const chunk = await this.#follower.chunk(sha256, index)
				if (!chunk.ok) return this.#unreadable(chunk.fault)
				return { topic: formatTopic({ kind: 'image', device, sha256, index }), payload: chunk.value }
			}
		}
	}

	#unreadable(fault: Fault): null {
		this.#options.log({ event: 'journal-fault', fault })
		return null
	}

	/** Receipts are checked one after another, each against the journal. */
	#message(topic: string, payload: Buffer): Promise<void> | undefined {
		const parts = this.#parts
		if (parts === undefined || this.#receiptsWaiting >= mostReceipts) return
		const parsed = parseTopic(topic)
		if (parsed?.kind !== 'receipt' || parsed.device !== parts.device) return
		this.#receiptsWaiting++
		const checked = this.#receiptQueue.then(async () => {
			await this.#receipt(parts, payload.toString('utf8'))
			this.#receiptsWaiting--
		})
		this.#receiptQueue = checked.catch(() => {})
		return checked
	}

	async #receipt(parts: Parts, text: string): Promise<void> {
		const { centre, log } = this.#options
		const verified = await verifyReceipt(text, centre, parts.device, this.#ids.at)
		if (!verified.ok) {
			log({ event: 'receipt-refused', fault: verified.fault })
			this.#board.noteTrouble(verified.fault)
			return
		}
		parts.receipts.append([text]).catch((error) => this.#diskFailed(error))
		const { receipt } = verified.value
		const upto = receipt.upto?.seq ?? 0
		if (upto > this.#received || this.#board.state.latestReceipt === null) {
			this.#received = Math.max(this.#received, upto)
			this.#board.note({ latestReceipt: text })
		}
		if (receipt.status === 'conflict') this.#board.noteConflict(receipt.seq)
		const { seq, status, reason } = receipt
		log({ event: 'receipt', seq, status, reason, received: this.#received })
		this.#take(parts, { type: 'receipt', receipt })
		const { complete } = parts.delivery
		if (complete > this.#complete) {
			this.#complete = complete
			log({ event: 'complete', complete })
		}
		this.#board.note({})
		if (this.#received === this.#follower.last) void this.#publishHead(parts)
	}

	/** The head that the kiosk signed at the close of day, where there is one. */
	async #publishHead({ connection, device }: Parts): Promise<void> {
		const text = await readFile(join(this.#options.journal, 'head.jws'), 'utf8').catch(() => '')
		const head = text.trimEnd()
		if (head === this.#sentHead || !parseJws(head, 'head').ok) return
		const sent = await connection.publish({
			topic: formatTopic({ kind: 'head', device }),
			payload: Buffer.from(head),
		})
		if (sent.ok) this.#sentHead = head
	}

	#tellStatus(): void {
		if (this.#parts === undefined) return
		const { connection, device } = this.#parts
		const now = this.#options.clock.monotonic()
		if (!connection.connected || now - this.#toldAt < statusEvery) return
		this.#toldAt = now
		void connection.publish(this.#status(device, 'online'))
	}

	#status(device: string, state: Status['state']): Message {
		const { software, clock } = this.#options
		const status: Status = {
			v: 1,
			device,
			state,
			software,
			recorded: this.#follower.last,
			received: this.#received,
			// The will is written when the connection begins: its time would be that of the beginning.
			time: state === 'online' ? instant(clock.wall()) : null,
		}
		const payload = Buffer.from(JSON.stringify(status))
		return { topic: formatTopic({ kind: 'status', device }), payload, retain: true }
	}

	#collect(): Partial<UplinkState> {
		const delivery = this.#parts?.delivery
		if (delivery === undefined) return {}
		const { complete, setAsideCount } = delivery
		return { imagesUpto: complete, setAside: delivery.setAside(100), setAsideCount }
	}
}

function outcomeOf(result: Result<true, PublishFault>): Outcome {
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
