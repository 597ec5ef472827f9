/**
 * Receives what devices recorded, keeps it, and answers with signed receipts.
 *
 * INVARIANTS
 * - After the ledger fails nothing more is promised: the centre ends. A full disk is no failure: it is waited out.
 *
 * See `intake.ts` for the others.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { centreKeyFile } from '../audit/ledger-lines.ts'
import type { SignedEntry } from '../evidence/entry.ts'
import { type Identity, publicKeyPem } from '../evidence/identity.ts'
import type { Signer } from '../evidence/signer.ts'
import { ImageFiles } from '../journal/image-files.ts'
import { Lock, type LockFault } from '../journal/lock.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { type ClockSource, clockSource } from '../platform/clock-source.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { readOwn } from '../platform/files/own-file.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import { Reserve } from '../platform/files/reserve.ts'
import type { Broker } from '../platform/mqtt/broker.ts'
import { type ConnectionDelays, connectionDelays, MqttConnection } from '../platform/mqtt/mqtt-connection.ts'
import { LogLimiter, logIntervalMs } from '../platform/process/log-limiter.ts'
import type { Vitals } from '../platform/process/supervision.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { deviceIn, parseTopic, topicsOfDevices } from '../protocol/topics.ts'
import { BearersTurns } from './admission/bearers-turns.ts'
import { DiskRoom, type Takes } from './admission/disk-room.ts'
import { FairDispatcher, type IncomingMessage } from './admission/fair-dispatcher.ts'
import { DeviceLimits, DiskLimits } from './admission/limits.ts'
import { Quotas } from './admission/quotas.ts'
import { type DeviceEvent, ThinnedLog } from './admission/thinned-log.ts'
import type { AuthorityFilesFault } from './authority/authority-files.ts'
import { lookEveryMs, Registry } from './authority/registry.ts'
import { ClockCheck, type ClockFault } from './clock-check.ts'
import { DeviceStatuses } from './device-statuses.ts'
import type { CentralEvent, CentralLog } from './events.ts'
import { type HandIn, LedgerHandIn } from './hand-in/hand-in.ts'
import { HandInListener } from './hand-in/hand-in-listener.ts'
import { type HeldDevice, Holdings } from './holdings.ts'
import { IncomingFiles } from './incoming-files.ts'
import { Intake } from './intake.ts'
import { ChargedLog } from './ledger/charged-log.ts'
import type { LedgerFault, OpenedLedger } from './ledger/ledger.ts'
import { type LedgerIdentity, openLedgerId } from './ledger/ledger-id.ts'
import { openRecords } from './ledger/records.ts'
import { ReceiptIssuer } from './receipt-issuer.ts'
import { Reconciliation } from './reconciliation.ts'
import { Replies } from './replies.ts'
import { ResendCommand } from './resend-command.ts'

export interface CentralOptions {
	readonly directory: string
	/** Signs the receipts; its `kid` is the centre's id. */
	readonly signer: Signer
	/** Null for one that takes in only what it is handed (`handIn`), as from a stick. */
	readonly broker: Broker | null
	/** Listens for imports of other processes; else there are none. */
	readonly imports?: boolean
	readonly clock: Clock
	/** A time that has certainly passed, milliseconds since 1970: when the program was built. */
	readonly notBefore?: number
	readonly clockSource?: () => Promise<ClockSource>
	readonly random: () => number
	readonly log: CentralLog
	/** Called for each event, also for those that are not logged each time. */
	readonly counted?: (event: CentralEvent | DeviceEvent) => void
	/** Where there is a public log: receipts promise that entries are in it so much later. */
	readonly publishWithinMs?: number | undefined
	/** Without them, the usual. */
	readonly limits?: DeviceLimits
	readonly disk?: DiskLimits
	/** Called once for every entry, after it is on the disk. */
	readonly received?: (entry: SignedEntry) => void
	/** Called when the centre can't go on. */
	readonly failed: (fault: Fault) => void
	readonly connectionDelays?: ConnectionDelays
	/** Every device is to send everything again: for a ledger that was restored from a copy. */
	readonly askAgain?: boolean
}

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
	readonly #self: Identity
	readonly #registry: Registry
	readonly #statuses: DeviceStatuses
	readonly #holdings: Holdings
	readonly #images: ImageFiles
	readonly #incoming: IncomingFiles
	readonly #connection: MqttConnection | null
	/** Null for one that no other process hands anything in. */
	readonly #imports: HandInListener | null
	#lock: Lock | undefined
	#parts: Parts | undefined
	readonly #dispatcher: FairDispatcher
	readonly #quotas: Quotas
	readonly #room: DiskRoom
	readonly #deviceLog: ThinnedLog
	readonly #clockCheck: ClockCheck
	readonly #repeated: LogLimiter
	/** Null for one without a broker. */
	readonly #replies: Replies | null
	#stopping = false
	#cancelLook = () => {}
	#failed: FailedCentral | null = null

	constructor(options: CentralOptions) {
		const { directory, clock, notBefore = 0, broker, random, signer } = options
		const { limits = DeviceLimits.parse({}), disk = DiskLimits.parse({}) } = options
		this.#options = options
		const log = (event: CentralEvent) => this.#log(event)
		this.#clockCheck = new ClockCheck({
			clock,
			clockSource: options.clockSource ?? clockSource,
			built: notBefore,
		})
		this.#repeated = new LogLimiter(clock, logIntervalMs)
		this.#self = { id: signer.kid, publicKey: signer.publicKey }
		const refused = (file: string, fault: Fault) => log({ event: 'device-key-refused', file, fault })
		this.#registry = new Registry(directory, clock, refused, this.#self)
		this.#statuses = new DeviceStatuses({
			directory,
			clock,
			failed: (fault) => log({ event: 'statuses-fault', fault }),
		})
		this.#holdings = new Holdings(this.#registry, this.#statuses)
		this.#images = new ImageFiles(join(directory, 'images'))
		this.#incoming = new IncomingFiles(join(directory, 'incoming'), this.#images, limits)
		const reserve = new Reserve(join(directory, 'reserve'), disk.reserve)
		this.#room = new DiskRoom({ directory, limits: disk, reserve, clock, log })
		this.#quotas = new Quotas({ limits, room: () => this.#room.room })
		this.#deviceLog = new ThinnedLog({
			log: options.log,
			isKnown: (id) => this.#registry.roleOf(id) !== null,
			counted: (event) => options.counted?.(event),
		})
		this.#dispatcher = new FairDispatcher({
			handle: (message) => this.#handle(message),
			isKnown: (device) => this.#registry.known(device) !== undefined,
			dropped: (device) => this.#parts?.intake.drop(device, 'too-many'),
		})
		this.#imports = options.imports
			? new HandInListener({
					...{ directory, log },
					// How long work took is the machine's own time, also where what is said to have passed is not.
					turns: new BearersTurns({ clock: systemClock, calm: () => this.#dispatcher.idle() }),
					hand: this.#handIn((take) => this.#takeInAtItsTime(take)),
				})
			: null
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
				admit: (topic, bytes) => this.#admit(topic, bytes),
				message: (topic, payload) => this.#accept(topic, payload),
			})
		const connection = this.#connection
		this.#replies =
			connection &&
			new Replies({
				publish: (message) => connection.publish(message),
				failed: (device, fault) => this.#deviceLog.log({ event: 'receipt-not-sent', device, fault }),
			})
	}

	/** Reads the ledger and begins to listen. Throws when the disk fails. */
	async start(): Promise<Result<true, LedgerFault | LockFault | AuthorityFilesFault | ClockFault>> {
		const { directory, signer, clock, random, received = () => {}, askAgain = false } = this.#options
		const log = (event: CentralEvent) => this.#log(event)
		const wrong = await this.#clockCheck.fault()
		if (wrong !== null) return { ok: false, fault: wrong }
		await makeOwnFolder(directory, 'devices')
		const lock = await Lock.take(join(directory, 'lock'))
		if (!lock.ok) return lock
		this.#lock = lock.value
		await this.#room.start()
		await writeIfOther(join(directory, centreKeyFile), publicKeyPem(signer.publicKey))
		const known = await this.#registry.start()
		if (!known.ok) return known
		if (!this.#registry.isListed)
			log({ event: 'not-listed', id: signer.kid, issue: this.#registry.centres.issue })
		const holdings = this.#holdings
		const self = this.#self
		const quotas = this.#quotas
		const makeRoom = () => this.#room.make()
		const registry = this.#registry
		const records = await openRecords(directory, { self, registry, holdings, quotas, makeRoom })
		if (!records.ok) return records
		const { ledger, heads, entries, tornBytes } = records.value
		if (tornBytes > 0) log({ event: 'torn-ledger-line', bytes: tornBytes })
		await this.#statuses.open()
		await this.#incoming.start()
		const incoming = this.#incoming
		for (const [device, file] of holdings.files()) {
			if (incoming.isWhole(file.sha256)) quotas.addFile(device, file.size)
		}
		const { lines, cut, marked, verified } = ledger
		if (cut !== null) log({ event: 'ledger-cut', before: cut.lines ?? 0, lines })
		else if (!marked && lines > 0) log({ event: 'ledger-unmarked', lines: verified })
		// Where something is missing, only the kiosks have it.
		const askAll = askAgain || cut !== null
		const ledgerId = await openLedgerId(directory, { empty: lines === 0, askAll, random })
		await ledgerId.noteFormat(holdings.newestFormat)
		const noteWritten = (bytes: number) => this.#room.note(bytes)
		const shared = {
			ledger: new ChargedLog({ log: ledger.log, quotas, noteWritten }),
			issuer: new ReceiptIssuer({
				...{ holdings, incoming, signer, clock, randomBytes, ledger: ledgerId },
				publishWithinMs: this.#options.publishWithinMs,
			}),
			...{ registry, holdings, incoming, quotas, log, deviceLog: this.#deviceLog.log },
		}
		const intake = new Intake({
			...shared,
			...{ centre: self, clock, received, noteWritten },
			noteFormat: (format) => ledgerId.noteFormat(format),
			heads: new ChargedLog({ log: heads.log, quotas, noteWritten }),
			reconciliation: new Reconciliation({
				...shared,
				ledgerId,
				resendCommand: new ResendCommand({ ledger: ledgerId, signer, clock }),
				statusHeard: (status) => this.#clockCheck.note(status),
			}),
		})
		this.#parts = { ledger, heads, intake, ledgerId }
		log({
			event: 'started',
			id: signer.kid,
			entries,
			devices: holdings.deviceCount,
			lines,
		})
		this.#connection?.start()
		this.#lookSoon()
		await this.#imports?.start()
		return ok(true)
	}

	async stop(): Promise<void> {
		this.#stopping = true
		this.#cancelLook()
		await this.#connection?.stop()
		// What waits for room on the disk waits no longer: nothing was promised of it.
		await this.#room.stop()
		await this.#imports?.stop()
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
		this.#log({ event: 'stopped' })
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

	/** For who writes this ledger: it takes in by the way of messages from a broker, and answers. */
	get handIn(): HandIn {
		return this.#handIn((take) => this.takeIn(take))
	}

	#handIn(takeIn: <T>(take: (intake: Intake) => Promise<T>) => Promise<Result<T>>): HandIn {
		return new LedgerHandIn({ centre: this.#self, registry: this.#registry, takeIn })
	}

	/** As messages are: not while the clock is wrong. */
	async #takeInAtItsTime<T>(take: (intake: Intake) => Promise<T>): Promise<Result<T>> {
		const wrong = await this.#clockCheck.fault()
		return wrong === null ? await this.takeIn(take) : { ok: false, fault: wrong }
	}

	/** Comes to no end while the disk under the ledger does not answer; one that is full does. */
	async healthFault(): Promise<Fault | null> {
		if (this.#parts?.ledger.log.wantsRoom || this.#parts?.heads.log.wantsRoom) return null
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
		const { takes } = this.#room
		const short =
			takes === 'all' ? '' : `; disk short: ${takes === 'entries' ? 'no pictures' : 'nothing new'} taken`
		return `${connection}; ${entries} entries of ${devices.length} devices${short}`
	}

	/** What the disk still takes, and how many bytes are free beside what is put aside. */
	get disk(): { readonly free: number; readonly takes: Takes } {
		const { free, takes } = this.#room
		return { free: Math.max(0, free), takes }
	}

	devices(): HeldDevice[] {
		return this.#holdings.devices((device) => this.#quotas.bytesOf(device))
	}

	/** Where a received file is, if it is whole. */
	imagePath(sha256: string): string | null {
		return this.#incoming.isWhole(sha256) ? this.#images.path(sha256) : null
	}

	/** Before a message is taken apart. */
	#admit(text: string, bytes: number): boolean {
		const device = deviceIn(text)
		return device === null || this.#dispatcher.hasRoom(device, bytes)
	}

	#accept(text: string, payload: Buffer): Promise<void> | undefined {
		const topic = parseTopic(text)
		return topic === null ? undefined : this.#dispatcher.accept({ topic, payload })
	}

	/** Never rejects. */
	async #handle({ topic, payload }: IncomingMessage): Promise<void> {
		const wrong = await this.#clockCheck.fault()
		if (wrong !== null)
			this.#repeated.log(wrong.code, () => this.#log({ event: 'clock-refused', fault: wrong }))
		// What kiosks say of the time is heard all the same: by it the clock may be found right.
		if (wrong !== null && topic.kind !== 'status') return
		const taken = await this.takeIn((intake) => intake.take(topic, payload))
		if (!taken.ok || wrong !== null) return
		const { receipts, command, centres } = taken.value
		const { device } = topic
		if (centres !== undefined) this.#replies?.send(device, 'centres', centres)
		for (const { text } of receipts) this.#replies?.send(device, 'receipt', text)
		if (command !== undefined) this.#replies?.send(device, 'control', command.text)
	}

	/** What the authority says counts within a second, also while no kiosk says anything. */
	#lookSoon(): void {
		this.#cancelLook = this.#options.clock.after(lookEveryMs, () => {
			void this.takeIn((intake) => intake.refreshRegistry()).then(() => {
				if (!this.#stopping && this.#failed === null) this.#lookSoon()
			})
		})
	}

	#fail(error: unknown): FailedCentral {
		if (this.#failed !== null) return this.#failed
		this.#failed = fail('ledger', error instanceof Error ? error.message : String(error))
		if (this.#stopping) return this.#failed
		this.#log({ event: 'fatal', fault: this.#failed.fault })
		this.#options.failed(this.#failed.fault)
		return this.#failed
	}

	#log(event: CentralEvent): void {
		this.#options.counted?.(event)
		this.#options.log(event)
	}
}

/** On a full disk nothing is written that is there already. */
async function writeIfOther(path: string, text: string): Promise<void> {
	const there = await readOwn(path).catch(() => null)
	if (there?.toString() !== text) await replaceFile(path, text)
}
