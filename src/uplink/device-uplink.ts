/**
 * The uplink of one device. It joins the follower (what is there), the delivery (what to send), the connection
 * (how), the receipts (what counts) and the centre's commands, and writes nothing outside its own directory.
 */
import { join } from 'node:path'
import type { CentreList } from '../evidence/authority/centre-list.ts'
import { UplinkHeartbeat } from '../handover/uplink-heartbeat.ts'
import { stateFile, type UplinkState } from '../handover/uplink-state.ts'
import type { Clock } from '../platform/clock.ts'
import type { Broker } from '../platform/mqtt/broker.ts'
import { type ConnectionDelays, connectionDelays, MqttConnection } from '../platform/mqtt/mqtt-connection.ts'
import { LogLimiter, logIntervalMs } from '../platform/process/log-limiter.ts'
import type { Fault } from '../platform/result.ts'
import { statusEveryMs } from '../protocol/limits.ts'
import { formatTopic, parseTopic } from '../protocol/topics.ts'
import { EntryIdCache } from '../receipts/entry-id-cache.ts'
import { keptReceiptsFile } from '../receipts/receipt-files.ts'
import type { CountedReceipt } from '../receipts/verify-receipt.ts'
import { CentresIntake } from './centres-intake.ts'
import type { UplinkLog } from './events.ts'
import { Publisher } from './publishing/publisher.ts'
import { Delivery, type DeliveryInput } from './queue/delivery.ts'
import type { JournalFollower } from './queue/journal-follower.ts'
import type { ParkedEntry } from './queue/parked-entries.ts'
import { defaultRetryPolicy, type RetryPolicy } from './queue/retry-policy.ts'
import { ReceiptIntake } from './receipt-intake.ts'
import { ReceiptReplay, type ReplayDelays, replayDelays } from './resending/receipt-replay.ts'
import { ResendHandler } from './resending/resend-handler.ts'
import { observeKiosk } from './status/observe.ts'
import { StatusReporter } from './status/status-reporter.ts'

export interface DeviceUplinkOptions {
	/** The journal's directory, and the uplink's own. */
	readonly journal: string
	readonly directory: string
	/** Whose receipts and commands count. */
	readonly centres: CentreList
	readonly broker: Broker
	/** Where the kiosk says how it does. */
	readonly condition?: string
	/** What images may take of the line; without it, all that is left by entries. */
	readonly imageBytesPerSecond?: number | undefined
	/** For the status, e.g. `testigo 0.1.0`. */
	readonly software: string
	readonly clock: Clock
	/** When the program was built, milliseconds since 1970. */
	readonly notBefore?: number
	readonly random: () => number
	readonly log: UplinkLog
	readonly connectionDelays?: ConnectionDelays
	readonly retryPolicy?: RetryPolicy
	readonly replayDelays?: ReplayDelays
	/** Milliseconds between two statuses. */
	readonly statusEveryMs?: number
	/** Milliseconds between two lines of the log that the other end can cause at will. */
	readonly repeatedEveryMs?: number
}

export class DeviceUplink {
	readonly #device: string
	readonly #follower: JournalFollower
	readonly #options: DeviceUplinkOptions
	readonly #heartbeat: UplinkHeartbeat
	readonly #receipts: ReceiptIntake
	readonly #connection: MqttConnection
	readonly #publisher: Publisher
	readonly #replay: ReceiptReplay
	readonly #resending: ResendHandler
	readonly #centres: CentresIntake
	readonly #status: StatusReporter
	readonly #repeated: LogLimiter
	/** Made when the state was read. */
	#delivery: Delivery | undefined
	#cancelWake: (() => void) | undefined
	#complete = 0
	#receiptShownAt = Number.NEGATIVE_INFINITY
	#stopped = false

	constructor(device: string, follower: JournalFollower, options: DeviceUplinkOptions) {
		const { directory, journal, centres, broker, clock, random, notBefore = 0, software, log } = options
		this.#device = device
		this.#follower = follower
		this.#options = options
		const ids = new EntryIdCache(async (seq) => {
			const entry = await follower.entry(seq)
			return entry.ok ? entry.value.id : null
		})
		const diskFailed = (error: unknown) => this.#diskFailed(error)
		const repeated = new LogLimiter(clock, options.repeatedEveryMs ?? logIntervalMs)
		this.#repeated = repeated
		const heartbeat = new UplinkHeartbeat({
			directory,
			clock,
			collect: () => this.#collect(),
			failed: diskFailed,
		})
		this.#heartbeat = heartbeat
		this.#receipts = new ReceiptIntake({
			...{ directory, device, centres, idAt: ids.at, heartbeat, log, repeated, diskFailed },
			counted: (receipt) => this.#counted(receipt),
			returned: (id) => this.#replay.answered(id),
		})
		this.#status = new StatusReporter({
			...{ device, journal, software, clock, everyMs: options.statusEveryMs ?? statusEveryMs },
			standing: () => ({
				recorded: follower.last,
				received: this.received,
				resentTo: heartbeat.state.resentTo.at(-1) ?? null,
				centres: centres.authority === null ? null : centres.issue,
				setAside: this.#delivery?.parkedCount ?? 0,
				paused: this.#delivery?.paused ?? null,
			}),
			observe: () => observeKiosk(options, follower, this.received),
		})
		this.#connection = new MqttConnection({
			...{ broker, clientId: device, clock, random, notBefore },
			subscriptions: (['receipt', 'control', 'centres'] as const).map((kind) =>
				formatTopic({ kind, device }),
			),
			will: () => this.#status.will,
			delays: options.connectionDelays ?? connectionDelays,
			connected: (window) => this.#connected(window),
			disconnected: (fault, retryIn) => this.#disconnected(fault, retryIn),
			message: (topic, payload) => this.#message(topic, payload),
		})
		this.#publisher = new Publisher({
			...{ device, follower, ids, connection: this.#connection },
			answered: (input) => this.#take(input),
			unreadable: (fault) => log({ event: 'journal-fault', fault }),
		})
		const back = formatTopic({ kind: 'returned', device })
		this.#replay = new ReceiptReplay({
			...{ path: join(directory, keptReceiptsFile), device, centres, clock },
			delays: options.replayDelays ?? replayDelays,
			publish: async (text) =>
				(await this.#connection.publish({ topic: back, payload: Buffer.from(text) })).ok,
			progress: (returning) => heartbeat.note({ returning }),
		})
		this.#resending = new ResendHandler({
			...{ device, centres, heartbeat, replay: this.#replay, log, repeated },
			keptBytes: () => this.#receipts.size,
			obeyedBefore: () => this.#showReceipt(),
		})
		this.#centres = new CentresIntake({
			...{ directory, journal, centres, log, repeated, diskFailed },
			noteTrouble: (fault) => heartbeat.noteTrouble(fault),
			changed: (gone) => this.#centresChanged(gone),
		})
	}

	/** Reads what an earlier run left, and begins. Rejects when the disk fails. */
	async start(): Promise<void> {
		const { directory, log } = this.#options
		const moved = await this.#heartbeat.open(this.#device)
		if (moved) log({ event: 'state-moved-aside', path: join(directory, stateFile) })
		const { centres } = this.#options
		await this.#centres.open()
		const { entriesUpto, imagesUpto, centres: countedBy } = this.#heartbeat.state
		const isOtherList = countedBy !== centres.issue
		await this.#receipts.open()
		// Without a receipt nothing counts as held, and files are held only for entries that are.
		const held = isOtherList ? 0 : Math.min(entriesUpto, this.received)
		this.#complete = Math.min(imagesUpto, held)
		const { retryPolicy = defaultRetryPolicy, imageBytesPerSecond } = this.#options
		this.#delivery = new Delivery(held, this.#complete, retryPolicy, imageBytesPerSecond)
		if (isOtherList) await this.#centresChanged(true)
		await this.#heartbeat.start()
		log({ event: 'started', device: this.#device, received: this.received, complete: this.#complete })
		this.grew(this.#follower.last)
		await this.#receipts.takeCarried(this.complete)
		this.#connection.start()
	}

	async stop(): Promise<void> {
		this.#stopped = true
		this.#cancelWake?.()
		this.#status.stop()
		await this.#replay.stop()
		await this.#connection.stop()
		await this.#receipts.close()
		this.#repeated.stop()
		await this.#heartbeat.stop()
	}

	get connection(): 'connected' | 'not connected' {
		return this.#connection.connected ? 'connected' : 'not connected'
	}

	get received(): number {
		return this.#receipts.upto
	}

	get complete(): number {
		return this.#delivery?.complete ?? 0
	}

	get parked(): ParkedEntry[] {
		return this.#delivery?.parked(100) ?? []
	}

	/** The journal holds entries 1 to `last`. */
	grew(last: number): void {
		this.#take({ type: 'journal', last })
		this.#heartbeat.note({})
	}

	noteTrouble(fault: Fault): void {
		this.#heartbeat.noteTrouble(fault)
	}

	#connected(window: number): void {
		this.#publisher.connectionChanged()
		this.#heartbeat.note({ connected: true, lastError: null })
		this.#options.log({ event: 'connected', broker: this.#options.broker.url })
		this.#status.begin(this.#connection)
		this.#showReceipt()
		this.#take({ type: 'connected', window })
		this.#replayReceipts()
		// What went by stick while there was no network need not go again.
		void this.#centres.look().then(() => this.#receipts.takeCarried(this.complete))
	}

	/**
	 * A centre whose ledger was restored from an older copy learns by it, signed, what it is missing. Not more often than
	 * a status: a broker that plays commands again causes no flood.
	 */
	#showReceipt(): void {
		const { clock, statusEveryMs: everyMs = statusEveryMs } = this.#options
		if (clock.monotonic() - this.#receiptShownAt < everyMs) return
		this.#receiptShownAt = clock.monotonic()
		const { ledgerReceipt, latestReceipt } = this.#heartbeat.state
		const text = ledgerReceipt ?? latestReceipt
		const topic = formatTopic({ kind: 'returned', device: this.#device })
		if (text !== null) void this.#connection.publish({ topic, payload: Buffer.from(text) })
	}

	#disconnected(fault: Fault, retryIn: number): void {
		this.#publisher.connectionChanged()
		this.#heartbeat.note({ connected: false })
		this.#heartbeat.noteTrouble(fault)
		this.#options.log({ event: 'disconnected', fault, retryIn })
		this.#take({ type: 'disconnected' })
	}

	#message(topic: string, payload: Buffer): Promise<void> | undefined {
		const parsed = parseTopic(topic)
		if (parsed?.device !== this.#device) return undefined
		if (parsed.kind === 'receipt') return this.#receipts.take(payload)
		if (parsed.kind === 'centres') return this.#centres.take(payload)
		if (parsed.kind === 'control') this.#obey(payload.toString('latin1'))
		return undefined
	}

	/**
	 * What a centre said that counts no more was not said: it is all sent again, and received anew by one that counts.
	 */
	async #centresChanged(gone: boolean): Promise<void> {
		if (gone) {
			this.#resending.forget()
			this.#complete = 0
			this.#take({ type: 'lost', from: 1 })
		}
		await this.#receipts.recount()
		this.#heartbeat.note({ centres: this.#options.centres.issue })
		void this.#status.publishStatus(this.#connection)
	}

	#obey(text: string): void {
		const from = this.#resending.obey(text)
		if (from === null) return
		this.#complete = Math.min(this.#complete, from - 1)
		this.#take({ type: 'lost', from })
		void this.#status.publishStatus(this.#connection)
	}

	#take(input: DeliveryInput): void {
		const delivery = this.#delivery
		if (this.#stopped || delivery === undefined) return
		const { clock } = this.#options
		// One reading of the clock for both: a deadline that fell between two would never be woken for.
		const now = clock.monotonic()
		for (const output of delivery.take(input, now)) void this.#publisher.send(output)
		this.#cancelWake?.()
		const wakeAt = delivery.wakeAt(now)
		this.#cancelWake =
			wakeAt === null ? undefined : clock.after(wakeAt - now, () => this.#take({ type: 'time' }))
	}

	#counted({ receipt, answers }: CountedReceipt): void {
		this.#take({ type: 'receipt', upto: receipt.upto, answers })
		const { complete } = this
		if (complete > this.#complete) {
			this.#complete = complete
			this.#options.log({ event: 'complete', complete })
		}
		this.#heartbeat.note({})
		const { last } = this.#follower
		this.#replayReceipts()
		if (this.received === last) void this.#status.publishHead(this.#connection)
	}

	/** Receipts go back when the centre holds the entries again that they speak of. */
	#replayReceipts(): void {
		if (this.#delivery?.held === this.#follower.last) this.#resending.replayReceipts()
	}

	#diskFailed(error: unknown): void {
		const detail = error instanceof Error ? error.message : String(error)
		this.#options.log({ event: 'disk-fault', fault: { code: 'disk', detail } })
	}

	#collect(): Partial<UplinkState> {
		const delivery = this.#delivery
		if (delivery === undefined) return {}
		const { held, complete, parkedCount, paused } = delivery
		return {
			entriesUpto: held,
			imagesUpto: complete,
			setAside: delivery.parked(100),
			setAsideCount: parkedCount,
			paused,
		}
	}
}
