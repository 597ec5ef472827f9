/**
 * Receives what devices recorded, keeps it, and answers with signed receipts.
 *
 * INVARIANTS
 * - A receipt leaves only after the entries that it speaks of, and the receipt itself where it is kept, are
 *   synced; a file is called stored only after it is whole, hashed and synced.
 * - A duplicate or a rejected message changes nothing that is stored.
 * - After the ledger fails nothing more is promised: the centre ends.
 */
import { join } from 'node:path'
import type { ElectionDefinition } from '../acta/election.ts'
import type { Entry, SignedEntry } from '../evidence/entry.ts'
import { openHead } from '../evidence/head.ts'
import { genesisOf, publicKeyPem } from '../evidence/identity.ts'
import { longestJws } from '../evidence/jws.ts'
import { mostRanges, type Receipt, signReceipt } from '../evidence/receipt.ts'
import type { Signer } from '../evidence/signer.ts'
import { ImageStore } from '../journal/image-store.ts'
import { type Clock, instant } from '../platform/clock.ts'
import { makeDirectory, replaceFile } from '../platform/durable.ts'
import type { LineLog } from '../platform/line-log.ts'
import {
	type Broker,
	type ConnectionDelays,
	connectionDelays,
	MqttConnection,
} from '../platform/mqtt-connection.ts'
import { type Fault, ok, type Result, unreachable } from '../platform/result.ts'
import { parseStatus, type Status } from '../protocol/status.ts'
import { formatTopic, parseTopic, type Topic, topicsOfDevices } from '../protocol/topics.ts'
import { DeviceChain, type HeldEntry } from './device-chain.ts'
import type { CentralLog } from './events.ts'
import { IncomingFiles } from './incoming-files.ts'
import { type LedgerFault, type LedgerRecord, openHeads, openLedger } from './ledger.ts'
import { heldEntry, judge } from './receiving.ts'
import { Registry } from './registry.ts'
import { Tally, type TallyResult } from './tally.ts'

export interface CentralOptions {
	readonly directory: string
	/** Signs the receipts; its `kid` is the centre's id. */
	readonly signer: Signer
	readonly election: ElectionDefinition
	readonly broker: Broker
	readonly clock: Clock
	readonly random: () => number
	readonly log: CentralLog
	/** Told once of every entry, after it is on the disk. */
	readonly received?: (entry: SignedEntry) => void
	/** Called when the centre can't go on. */
	readonly failed: (fault: Fault) => void
	readonly connectionDelays?: ConnectionDelays
}

/** Messages being dealt with at one time; the broker holds the rest. */
const mostOpen = 256

/** Receipts on their way at one time; a device asks again for what it misses. */
const mostReceipts = 1024

/** Chains of devices, each in what is known of it. */
export interface DeviceReport {
	readonly device: string
	readonly entries: number
	/** The seq up to which all is held. */
	readonly upto: number
	/** The highest head told by the device: a higher seq than is held means that a tail is missing. */
	readonly head: number
	readonly status: Status | null
}

export class Central {
	readonly #options: CentralOptions
	readonly #registry: Registry
	readonly #chains = new Map<string, DeviceChain>()
	readonly #heads = new Map<string, { readonly seq: number; readonly id: string }>()
	readonly #statuses = new Map<string, Status>()
	readonly #tally: Tally
	readonly #images: ImageStore
	readonly #incoming: IncomingFiles
	readonly #connection: MqttConnection
	#ledger: LineLog | undefined
	#headLog: LineLog | undefined
	readonly #open = new Set<Promise<void>>()
	#receiptsOnTheWay = 0
	readonly #counts = new Map<string, number>()
	#failed = false

	constructor(options: CentralOptions) {
		const { directory, clock, log, election, broker, random, signer } = options
		this.#options = options
		this.#registry = new Registry(join(directory, 'devices'), clock, (file, fault) =>
			log({ event: 'device-key-refused', file, fault }),
		)
		this.#tally = new Tally(election)
		this.#images = new ImageStore(join(directory, 'images'))
		this.#incoming = new IncomingFiles(join(directory, 'incoming'), this.#images)
		this.#connection = new MqttConnection({
			broker,
			clientId: signer.kid,
			subscriptions: topicsOfDevices,
			clock,
			random,
			delays: options.connectionDelays ?? connectionDelays,
			connected: () => log({ event: 'connected', broker: broker.url }),
			disconnected: (fault) => log({ event: 'disconnected', fault }),
			message: (topic, payload) => this.#accept(topic, payload),
		})
	}

	/** Reads the ledger and begins to listen. Throws when the disk fails. */
	async start(): Promise<Result<true, LedgerFault>> {
		const { directory, signer, log } = this.#options
		await makeDirectory(join(directory, 'devices'))
		await replaceFile(join(directory, 'centre.pem'), publicKeyPem(signer.publicKey))
		await this.#registry.start()
		let entries = 0
		const opened = await openLedger(directory, (record) => {
			if (record.kind === 'entry') entries++
			this.#recall(record)
		})
		if (!opened.ok) return opened
		this.#ledger = opened.value.log
		const heads = await openHeads(directory, (record) => this.#recall(record))
		if (!heads.ok) return heads
		this.#headLog = heads.value.log
		const { lines } = opened.value
		const tornBytes = opened.value.tornBytes + heads.value.tornBytes
		if (tornBytes > 0) log({ event: 'torn-ledger-line', bytes: tornBytes })
		await this.#incoming.start()
		log({ event: 'started', id: signer.kid, entries, devices: this.#chains.size, lines })
		this.#connection.start()
		return ok(true)
	}

	async stop(): Promise<void> {
		await this.#connection.stop()
		while (this.#open.size > 0) await Promise.all(this.#open)
		await this.#ledger?.close()
		await this.#headLog?.close()
		this.#ledger = undefined
		this.#headLog = undefined
		this.#options.log({ event: 'stopped' })
	}

	tally(): TallyResult {
		return this.#tally.result()
	}

	devices(): DeviceReport[] {
		return [...this.#chains].map(([device, chain]) => ({
			device,
			entries: chain.size,
			upto: chain.upto?.seq ?? 0,
			head: this.#heads.get(device)?.seq ?? 0,
			status: this.#statuses.get(device) ?? null,
		}))
	}

	/** Where a received file is, if it is whole. */
	imagePath(sha256: string): string | null {
		return this.#incoming.isWhole(sha256) ? this.#images.path(sha256) : null
	}

	#recall(record: LedgerRecord): void {
		switch (record.kind) {
			case 'entry': {
				const { device, id, entry } = record
				const chain = this.#chain(device)
				if (entry === null) chain.addForeign(id)
				else
					this.#keep(
						chain,
						id,
						entry,
						heldEntry({ text: '', id, entry }, chain.conflictOf(entry.seq, entry.prev, id)),
					)
				break
			}
			case 'head':
				this.#heads.set(record.device, record)
				break
			case 'receipt':
				break
		}
	}

	#chain(device: string): DeviceChain {
		const known = this.#chains.get(device)
		if (known !== undefined) return known
		const identity = this.#registry.known(device)
		const chain = new DeviceChain(identity === undefined ? null : genesisOf(identity.publicKey))
		this.#chains.set(device, chain)
		return chain
	}

	#keep(chain: DeviceChain, id: string, entry: Entry, held: HeldEntry): void {
		chain.add(held)
		this.#tally.add(id, entry)
	}

	/** Reading goes on at once while there is room; with too much open, when something is done. */
	#accept(topic: string, payload: Buffer): Promise<void> | undefined {
		const parsed = parseTopic(topic)
		if (parsed === null || this.#failed) return
		const work = this.#handle(parsed, payload)
			.catch((error) => this.#fail(error))
			.finally(() => this.#open.delete(work))
		this.#open.add(work)
		return this.#open.size < mostOpen ? undefined : Promise.race(this.#open)
	}

	#fail(error: unknown): void {
		if (this.#failed) return
		this.#failed = true
		const fault = { code: 'ledger', detail: error instanceof Error ? error.message : String(error) }
		this.#options.log({ event: 'fatal', fault })
		this.#options.failed(fault)
	}

	#handle(topic: Topic, payload: Buffer): Promise<void> {
		switch (topic.kind) {
			case 'entry':
				return this.#entry(topic, payload)
			case 'image':
				return this.#chunk(topic, payload)
			case 'head':
				return this.#head(topic.device, payload)
			case 'status':
				return this.#status(topic.device, payload)
			case 'receipt':
			case 'control':
				return Promise.resolve()
			default:
				return unreachable(topic)
		}
	}

	async #entry({ device, seq }: { device: string; seq: number }, payload: Buffer): Promise<void> {
		const identity = this.#registry.known(device) ?? (await this.#registry.look(device))
		const chain = identity === undefined ? undefined : this.#chain(device)
		const verdict = judge({ device, seq, payload }, identity, chain)
		const ledger = this.#ledger
		if (ledger === undefined) return
		switch (verdict.kind) {
			case 'new': {
				const { entry, held } = verdict
				// First into the line for the disk, then known: what is said of it later comes after it on the disk.
				const written = ledger.append([entry.text])
				this.#keep(this.#chain(device), entry.id, entry.entry, held)
				await Promise.all([written, this.#keepReceipt(ledger, device, held)])
				this.#options.received?.(entry)
				const { id } = held
				this.#options.log({ event: 'entry', device, seq, id, conflict: held.conflict })
				return
			}
			case 'duplicate': {
				for (const file of verdict.held.files) await this.#incoming.settled(device, file)
				this.#options.log({ event: 'duplicate', device, seq })
				const text = await this.#sign(this.#receipt(device, verdict.held, 'duplicate'))
				// The first one may still be on its way to the disk.
				await ledger.settled()
				this.#publish(device, text)
				return
			}
			case 'foreign': {
				const { text, id } = verdict
				if (chain?.addForeign(id)) await ledger.append([text])
				else await ledger.settled()
				await this.#reject(device, seq, id, 'unknown-version')
				return
			}
			case 'rejected':
				await this.#reject(device, seq, verdict.id, verdict.reason)
				return
			default:
				unreachable(verdict)
		}
	}

	async #chunk(
		{ device, sha256, index }: { device: string; sha256: string; index: number },
		payload: Buffer,
	) {
		const wanted = this.#chains.get(device)?.file(sha256)
		const ledger = this.#ledger
		if (ledger === undefined) return
		if (wanted === undefined) return this.#count(device, 'unwanted-file')
		const { file, entries } = wanted
		let outcome: Awaited<ReturnType<IncomingFiles['chunk']>>
		try {
			outcome = await this.#incoming.chunk(device, file, index, payload)
		} catch (error) {
			const fault = { code: 'disk', detail: error instanceof Error ? error.message : String(error) }
			return this.#options.log({ event: 'image-disk-fault', fault })
		}
		switch (outcome) {
			case 'whole':
				this.#options.log({ event: 'file-whole', device, ...file })
				for (const held of entries) await this.#keepReceipt(ledger, device, held)
				return
			case 'wrong-digest':
				return this.#options.log({ event: 'file-wrong-digest', device, sha256 })
			case 'kept':
			case 'useless':
				return
			default:
				unreachable(outcome)
		}
	}

	async #head(device: string, payload: Buffer): Promise<void> {
		const identity = this.#registry.known(device)
		if (identity === undefined || payload.length > longestJws) return this.#count(device, 'head-refused')
		const head = openHead(payload.toString('latin1'), identity)
		if (!head.ok) return this.#count(device, 'head-refused')
		const { seq, id } = head.value.head
		const known = this.#heads.get(device)
		if (known !== undefined && known.seq >= seq) return
		this.#heads.set(device, { seq, id })
		await this.#headLog?.append([head.value.text])
		this.#options.log({ event: 'head', device, seq })
	}

	async #status(device: string, payload: Buffer): Promise<void> {
		const status = parseStatus(payload)
		// Only of devices that are known: a status is not signed, and this is memory.
		if (!status.ok || status.value.device !== device || this.#registry.known(device) === undefined) {
			return this.#count(device, 'status-refused')
		}
		this.#statuses.set(device, status.value)
		const { state, recorded } = status.value
		this.#options.log({ event: 'status', device, state, recorded })
	}

	/** Signs, keeps and sends what is to be said of an entry that is held. */
	async #keepReceipt(ledger: LineLog, device: string, held: HeldEntry): Promise<void> {
		const text = await this.#sign(this.#receipt(device, held, held.conflict === null ? 'stored' : 'conflict'))
		await ledger.append([text])
		this.#publish(device, text)
	}

	/** Not kept: anyone can send what is rejected, any number of times. */
	async #reject(device: string, seq: number, entry: string, reason: string): Promise<void> {
		this.#count(device, reason)
		const chain = this.#chains.get(device)
		const receipt: Receipt = {
			...this.#standing(chain),
			device,
			seq,
			entry,
			status: 'rejected',
			reason,
			images: [],
		}
		const text = await this.#sign(receipt)
		await this.#ledger?.settled()
		this.#publish(device, text)
	}

	#receipt(device: string, held: HeldEntry, status: Receipt['status']): Receipt {
		const images = held.files.map((file) => {
			const whole = this.#incoming.isWhole(file.sha256)
			const missing = this.#incoming.missing(device, file)
			return { sha256: file.sha256, status: whole ? ('stored' as const) : ('missing' as const), missing }
		})
		const { seq, id: entry, conflict } = held
		const reason = status === 'conflict' && conflict !== null ? { reason: conflict } : {}
		return { ...this.#standing(this.#chains.get(device)), device, seq, entry, status, ...reason, images }
	}

	#standing(chain: DeviceChain | undefined): Pick<Receipt, 'v' | 'upto' | 'gaps' | 'time' | 'copies'> {
		return {
			v: 1,
			upto: chain?.upto ?? null,
			gaps: chain?.gaps(mostRanges) ?? [],
			time: instant(this.#options.clock.wall()),
			copies: 1,
		}
	}

	async #sign(receipt: Receipt): Promise<string> {
		return (await signReceipt(receipt, this.#options.signer)).text
	}

	/** Not waited for: acknowledgements come behind messages that wait for room here. */
	#publish(device: string, text: string): void {
		if (this.#receiptsOnTheWay >= mostReceipts) return
		this.#receiptsOnTheWay++
		const topic = formatTopic({ kind: 'receipt', device })
		void this.#connection.publish({ topic, payload: Buffer.from(text) }).then((sent) => {
			this.#receiptsOnTheWay--
			if (!sent.ok) this.#options.log({ event: 'receipt-not-sent', device, fault: sent.fault })
		})
	}

	/** Anyone can cause these: each kind is told at its 1st, 2nd, 4th, 8th … time. */
	#count(device: string, reason: string): void {
		const count = (this.#counts.get(reason) ?? 0) + 1
		this.#counts.set(reason, count)
		if (Number.isInteger(Math.log2(count))) this.#options.log({ event: 'rejected', device, reason, count })
	}
}
