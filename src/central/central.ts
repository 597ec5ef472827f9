/**
 * Receives what devices recorded, keeps it, and answers with signed receipts.
 *
 * INVARIANTS
 * - After the ledger fails nothing more is promised: the centre ends.
 *
 * See `intake.ts` for the others.
 */
import { join } from 'node:path'
import type { ElectionDefinition } from '../acta/election.ts'
import type { SignedEntry } from '../evidence/entry.ts'
import { publicKeyPem } from '../evidence/identity.ts'
import type { Signer } from '../evidence/signer.ts'
import { ImageFiles } from '../journal/image-files.ts'
import { Lock, type LockFault } from '../journal/lock.ts'
import type { Clock } from '../platform/clock.ts'
import { type ClockSource, clockSource } from '../platform/clock-source.ts'
import { makeDirectory, replaceFile } from '../platform/files/durable.ts'
import type { Broker } from '../platform/mqtt/broker.ts'
import { type ConnectionDelays, connectionDelays, MqttConnection } from '../platform/mqtt/mqtt-connection.ts'
import { LogLimiter, logIntervalMs } from '../platform/process/log-limiter.ts'
import type { Vitals } from '../platform/process/supervision.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { formatTopic, parseTopic, topicsOfDevices } from '../protocol/topics.ts'
import type { TallyResult } from '../tally/tally.ts'
import type { AuthorityFilesFault } from './authority-files.ts'
import { ClockCheck, type ClockFault } from './clock-check.ts'
import { DeviceStatuses } from './device-statuses.ts'
import type { CentralLog } from './events.ts'
import { FairDispatcher, type IncomingMessage } from './fair-dispatcher.ts'
import { type HeldDevice, Holdings } from './holdings.ts'
import { IncomingFiles } from './incoming-files.ts'
import { Intake } from './intake.ts'
import { type LedgerFault, type OpenedLedger, openHeads, openLedger, type SignerOf } from './ledger.ts'
import { type LedgerIdentity, openLedgerId } from './ledger-id.ts'
import { ReceiptIssuer } from './receipt-issuer.ts'
import { Registry } from './registry.ts'
import { ResendCommand } from './resend-command.ts'

export interface CentralOptions {
	readonly directory: string
	/** Signs the receipts; its `kid` is the centre's id. */
	readonly signer: Signer
	readonly election: ElectionDefinition
	/** Null for one that takes in only what it is handed (`takeIn`), as from a stick. */
	readonly broker: Broker | null
	readonly clock: Clock
	/** A time that has certainly passed, milliseconds since 1970: when the program was built. */
	readonly notBefore?: number
	readonly clockSource?: () => Promise<ClockSource>
	readonly random: () => number
	readonly log: CentralLog
	/** Called once for every entry, after it is on the disk. */
	readonly received?: (entry: SignedEntry) => void
	/** Called when the centre can't go on. */
	readonly failed: (fault: Fault) => void
	readonly connectionDelays?: ConnectionDelays
	/** Every device is to send everything again: for a ledger that was restored from a copy. */
	readonly askAgain?: boolean
}

/** Receipts in flight at one time; a device asks again for what it misses. */
const mostReceipts = 1024

/**
 * A centre comes back to its broker before the kiosks do: what they say to nobody, they say again only when they
 * miss the receipts. It is one, so it crowds nobody.
 */
const centreDelays: ConnectionDelays = { ...connectionDelays, reconnect: { firstMs: 500, mostMs: 2_000 } }

type FailedCentral = { readonly ok: false; readonly fault: Fault<'ledger'> }

/** What there is once the ledger is open. */
interface Parts {
	readonly ledger: OpenedLedger
	readonly heads: OpenedLedger
	readonly intake: Intake
	readonly ledgerId: LedgerIdentity
}

export class Central implements Vitals {
	readonly #options: CentralOptions
	readonly #registry: Registry
	readonly #statuses: DeviceStatuses
	readonly #holdings: Holdings
	readonly #images: ImageFiles
	readonly #incoming: IncomingFiles
	readonly #connection: MqttConnection | null
	#lock: Lock | undefined
	#parts: Parts | undefined
	readonly #dispatcher: FairDispatcher
	readonly #clockCheck: ClockCheck
	readonly #repeated: LogLimiter
	#receiptsInFlight = 0
	#failed: FailedCentral | null = null

	constructor(options: CentralOptions) {
		const { directory, clock, notBefore = 0, log, election, broker, random, signer } = options
		this.#options = options
		this.#clockCheck = new ClockCheck({
			clock,
			clockSource: options.clockSource ?? clockSource,
			built: notBefore,
		})
		this.#repeated = new LogLimiter(clock, logIntervalMs)
		this.#registry = new Registry(directory, clock, (file, fault) =>
			log({ event: 'device-key-refused', file, fault }),
		)
		this.#statuses = new DeviceStatuses({
			directory,
			clock,
			failed: (fault) => log({ event: 'statuses-fault', fault }),
		})
		this.#holdings = new Holdings(election, this.#registry, this.#statuses)
		this.#images = new ImageFiles(join(directory, 'images'))
		this.#incoming = new IncomingFiles(join(directory, 'incoming'), this.#images)
		this.#dispatcher = new FairDispatcher({
			handle: (message) => this.#handle(message),
			isKnown: (device) => this.#registry.known(device) !== undefined,
			dropped: (device) => this.#parts?.intake.drop(device, 'too-many'),
		})
		this.#connection =
			broker &&
			new MqttConnection({
				broker,
				clientId: signer.kid,
				subscriptions: topicsOfDevices,
				clock,
				notBefore,
				random,
				delays: options.connectionDelays ?? centreDelays,
				connected: () => log({ event: 'connected', broker: broker.url }),
				disconnected: (fault, retryIn) => log({ event: 'disconnected', fault, retryIn }),
				message: (topic, payload) => this.#accept(topic, payload),
			})
	}

	/** Reads the ledger and begins to listen. Throws when the disk fails. */
	async start(): Promise<Result<true, LedgerFault | LockFault | AuthorityFilesFault | ClockFault>> {
		const { directory, signer, clock, random, log, received = () => {}, askAgain = false } = this.#options
		const wrong = await this.#clockCheck.fault()
		if (wrong !== null) return { ok: false, fault: wrong }
		await makeDirectory(join(directory, 'devices'))
		const lock = await Lock.take(join(directory, 'lock'))
		if (!lock.ok) return lock
		this.#lock = lock.value
		await replaceFile(join(directory, 'centre.pem'), publicKeyPem(signer.publicKey))
		const known = await this.#registry.start()
		if (!known.ok) return known
		const holdings = this.#holdings
		const centre = { id: signer.kid, publicKey: signer.publicKey }
		let entries = 0
		const signerOf: SignerOf = (kind, id) =>
			kind === 'receipt' ? (id === signer.kid ? centre : undefined) : this.#registry.known(id)
		const ledger = await openLedger(directory, signerOf, (record) => {
			if (record.kind === 'entry') entries++
			holdings.recall(record)
		})
		if (!ledger.ok) return ledger
		const heads = await openHeads(directory, signerOf, (record) => holdings.recall(record))
		if (!heads.ok) {
			await ledger.value.close()
			return heads
		}
		const tornBytes = ledger.value.tornBytes + heads.value.tornBytes
		if (tornBytes > 0) log({ event: 'torn-ledger-line', bytes: tornBytes })
		await this.#statuses.open()
		await this.#incoming.start()
		const incoming = this.#incoming
		const { lines, cut, marked, verified } = ledger.value
		if (cut !== null) log({ event: 'ledger-cut', before: cut.lines ?? 0, lines })
		else if (!marked && lines > 0) log({ event: 'ledger-unmarked', lines: verified })
		// Where something is missing, only the kiosks have it.
		const askAll = askAgain || cut !== null
		const ledgerId = await openLedgerId(directory, { empty: lines === 0, askAll, random })
		await ledgerId.noteFormat(holdings.newestFormat)
		const intake = new Intake({
			ledger: ledger.value.log,
			heads: heads.value.log,
			registry: this.#registry,
			holdings,
			incoming,
			issuer: new ReceiptIssuer({ holdings, incoming, signer, clock, ledger: ledgerId }),
			resendCommand: new ResendCommand({ ledger: ledgerId, signer, clock }),
			ledgerId,
			centre,
			log,
			received,
			statusHeard: (status) => this.#clockCheck.note(status),
		})
		this.#parts = { ledger: ledger.value, heads: heads.value, intake, ledgerId }
		log({
			event: 'started',
			id: signer.kid,
			entries,
			devices: holdings.deviceCount,
			lines,
		})
		this.#connection?.start()
		return ok(true)
	}

	async stop(): Promise<void> {
		await this.#connection?.stop()
		await this.#dispatcher.idle()
		// Or at the next start, where the disk takes it no more.
		await this.#parts?.ledgerId.noteFormat(this.#holdings.newestFormat).catch(() => {})
		await this.#parts?.ledger.close()
		await this.#parts?.heads.log.close()
		this.#parts = undefined
		await this.#statuses.close()
		await this.#registry.stop()
		this.#repeated.stop()
		await this.#lock?.release()
		this.#lock = undefined
		this.#options.log({ event: 'stopped' })
	}

	/**
	 * Has the intake take what came, also another way than through the broker. Refused with what ended the centre,
	 * once that has happened, here or under another message.
	 */
	async takeIn<T>(take: (intake: Intake) => Promise<T>): Promise<Result<T>> {
		if (this.#parts === undefined) return fail('not-started', 'the centre is stopped')
		try {
			const taken = this.#failed ?? ok(await take(this.#parts.intake))
			return this.#failed ?? taken
		} catch (error) {
			return this.#fail(error)
		}
	}

	/** Comes to no end while the disk under the ledger does not answer. */
	async healthFault(): Promise<Fault | null> {
		// A ledger that failed ends the centre by itself.
		await Promise.allSettled([this.#parts?.ledger.log.settled(), this.#parts?.heads.log.settled()])
		return null
	}

	get connected(): boolean {
		return this.#connection?.connected ?? false
	}

	get statusText(): string {
		const connection = this.connected ? 'connected' : 'not connected'
		const devices = this.devices()
		const entries = devices.reduce((sum, device) => sum + device.entries, 0)
		return `${connection}; ${entries} entries of ${devices.length} devices`
	}

	tally(): TallyResult {
		return this.#holdings.tally()
	}

	devices(): HeldDevice[] {
		return this.#holdings.devices()
	}

	/** Where a received file is, if it is whole. */
	imagePath(sha256: string): string | null {
		return this.#incoming.isWhole(sha256) ? this.#images.path(sha256) : null
	}

	#accept(text: string, payload: Buffer): Promise<void> | undefined {
		const topic = parseTopic(text)
		return topic === null ? undefined : this.#dispatcher.accept({ topic, payload })
	}

	/** Never rejects. */
	async #handle({ topic, payload }: IncomingMessage): Promise<void> {
		const wrong = await this.#clockCheck.fault()
		if (wrong !== null)
			this.#repeated.log(wrong.code, () => this.#options.log({ event: 'clock-refused', fault: wrong }))
		// What kiosks say of the time is heard all the same: by it the clock may be found right.
		if (wrong !== null && topic.kind !== 'status') return
		const taken = await this.takeIn((intake) => intake.take(topic, payload))
		if (!taken.ok || wrong !== null) return
		const { receipts, command } = taken.value
		for (const { text } of receipts) this.#publish(topic.device, 'receipt', text)
		if (command !== undefined) this.#publish(topic.device, 'control', command.text)
	}

	#fail(error: unknown): FailedCentral {
		if (this.#failed !== null) return this.#failed
		this.#failed = fail('ledger', error instanceof Error ? error.message : String(error))
		this.#options.log({ event: 'fatal', fault: this.#failed.fault })
		this.#options.failed(this.#failed.fault)
		return this.#failed
	}

	/** Not waited for: acknowledgements come behind messages that wait for room here. */
	#publish(device: string, kind: 'receipt' | 'control', text: string): void {
		if (this.#connection === null || this.#receiptsInFlight >= mostReceipts) return
		this.#receiptsInFlight++
		const topic = formatTopic({ kind, device })
		void this.#connection.publish({ topic, payload: Buffer.from(text) }).then((sent) => {
			this.#receiptsInFlight--
			if (!sent.ok) this.#options.log({ event: 'receipt-not-sent', device, fault: sent.fault })
		})
	}
}
