import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Central, type CentralOptions } from '#src/central/central.js'
import type { CentralEvent } from '#src/central/events.js'
import { type CentreList, onlyCentre } from '#src/evidence/authority/centre-list.js'
import { type Identity, publicKeyPem } from '#src/evidence/identity.js'
import type { Signer } from '#src/evidence/signer.js'
import { type Clock, systemClock } from '#src/platform/clock.js'
import { Broker } from '#src/platform/mqtt/broker.js'
import {
	type ConnectionDelays,
	connectionDelays,
	MqttConnection,
} from '#src/platform/mqtt/mqtt-connection.js'
import { type DeviceStatus, parseDeviceStatus } from '#src/protocol/device-status.js'
import { parseTopic, topicsOfDevices } from '#src/protocol/topics.js'
import { EmbeddedBroker } from '#src/simulator/embedded-broker.js'
import type { UplinkEvent } from '#src/uplink/events.js'
import type { RetryPolicy } from '#src/uplink/queue/retry-policy.js'
import { Uplink } from '#src/uplink/uplink.js'
import { actaText, JournalMaker, someBytes } from './journal-maker.js'
import { gotten } from './result.ts'
import { makeSigner } from './test-identity.ts'

const delays = { ...connectionDelays, reconnect: { firstMs: 20, mostMs: 100 } }

/** How the uplink of a station is set up, where a test wants it otherwise. */
export interface UplinkSettings {
	/** Whose receipts it believes; without it, this station's centre's. */
	readonly centre?: Identity
	/** Instead: its list of those that count. */
	readonly centres?: CentreList
	/** Where the kiosk says how it does. */
	readonly condition?: string
	readonly clock: Clock
	readonly connectionDelays: ConnectionDelays
	readonly retryPolicy: RetryPolicy
	readonly repeatedEveryMs: number
	/** Called with each event in the very moment. */
	readonly heard: (event: UplinkEvent) => void
}

const usual: UplinkSettings = {
	clock: systemClock,
	connectionDelays: delays,
	retryPolicy: { receipt: { firstMs: 300, mostMs: 1_000 }, parked: { firstMs: 200, mostMs: 500 } },
	repeatedEveryMs: 100,
	heard: () => {},
}

/** A kiosk's journal, an uplink and a centre in a folder of their own; the broker comes from outside. */
export class Station {
	readonly root = mkdtempSync(join(tmpdir(), 'testigo-transport-'))
	readonly journal: JournalMaker
	readonly centreSigner = makeSigner('centro')
	broker: Broker
	uplinkEvents: UplinkEvent[] = []
	centralEvents: CentralEvent[] = []
	uplink: Uplink | undefined
	central: Central | undefined
	#waiting: (() => void)[] = []
	#tables = 0
	readonly #bystanders: MqttConnection[] = []

	constructor(url: string, protocol: '5' | '3.1.1' = '3.1.1', signer: Signer = makeSigner('kiosk-1')) {
		this.journal = new JournalMaker(join(this.root, 'journal'), signer)
		this.broker = Broker.parse({ url, protocol })
		mkdirSync(join(this.centralDirectory, 'devices'), { recursive: true })
		this.enrol()
	}

	get centralDirectory(): string {
		return join(this.root, 'central')
	}

	get uplinkDirectory(): string {
		return join(this.root, 'uplink')
	}

	enrol(): void {
		const { kid, publicKey } = this.journal.signer
		writeFileSync(join(this.centralDirectory, 'devices', `${kid}.pem`), publicKeyPem(publicKey))
	}

	async startUplink(broker = this.broker, settings: Partial<UplinkSettings> = {}): Promise<Uplink> {
		const { heard, centre = this.centreSigner, ...more } = { ...usual, ...settings }
		const { centres = onlyCentre(centre), ...timing } = more
		this.uplink = new Uplink({
			journal: this.journal.directory,
			directory: this.uplinkDirectory,
			centres,
			broker,
			pollMs: 50,
			software: 'testigo test',
			random: Math.random,
			statusEveryMs: 100,
			replayDelays: { answerMs: 500, againMs: 200 },
			...timing,
			log: (event) => {
				heard(event)
				this.uplinkEvents.push(event)
				this.#wake()
			},
		})
		await this.uplink.start()
		return this.uplink
	}

	async startCentral(
		signer: Signer = this.centreSigner,
		askAgain = false,
		more: Partial<CentralOptions> = {},
	): Promise<Central> {
		this.central = new Central({
			directory: this.centralDirectory,
			signer,
			broker: this.broker,
			clock: systemClock,
			random: Math.random,
			connectionDelays: delays,
			askAgain,
			failed: (fault) => {
				throw new Error(fault.detail)
			},
			log: (event) => {
				this.centralEvents.push(event)
				this.#wake()
			},
			...more,
		})
		gotten(await this.central.start())
		return this.central
	}

	/** Records `count` more actas, each with files of these sizes: the next tables in turn. */
	async record(count: number, ...sizes: readonly number[]): Promise<void> {
		for (let index = 0; index < count; index++) {
			const table = ++this.#tables
			await this.journal.acta(
				actaText(table),
				sizes.map((size, place) => someBytes(size, 1_000 * place + table)),
			)
		}
	}

	/** Uplink and centre, running, with all of the journal and its files at the centre. */
	async startBoth(): Promise<{ readonly uplink: Uplink; readonly central: Central }> {
		const central = await this.startCentral()
		const uplink = await this.startUplink()
		await this.until(() => uplink.complete === this.journal.entries.length)
		return { uplink, central }
	}

	/** Resolves when one of them has logged something of this kind, with these fields. */
	logged(
		event: (UplinkEvent | CentralEvent)['event'],
		fields: Readonly<Record<string, unknown>> = {},
	): Promise<void> {
		return this.until(() =>
			[...this.uplinkEvents, ...this.centralEvents].some(
				(one) =>
					one.event === event &&
					Object.entries(fields).every(([name, value]) => Reflect.get(one, name) === value),
			),
		)
	}

	/** The lines of the centre's ledger. */
	ledger(): string[] {
		return readFileSync(join(this.centralDirectory, 'ledger.jws'), 'utf8').split('\n').slice(0, -1)
	}

	/** Resolves when `condition` holds, looked at after every event of either side, and now and then: not all is logged. */
	async until(condition: () => boolean): Promise<void> {
		while (!condition()) {
			await new Promise<void>((resolve) => {
				this.#waiting.push(resolve)
				setTimeout(resolve, 50)
			})
		}
	}

	/** The files of the journal that the centre does not hold. */
	missingFiles(): string[] {
		return this.journal.files.filter((sha256) => {
			return !existsSync(join(this.centralDirectory, 'images', sha256.slice(0, 2), sha256))
		})
	}

	/** A bystander on the same broker, who sees what devices send. */
	async listen() {
		const entries = new Set<number>()
		/** The texts of the resend commands seen. */
		const commands: string[] = []
		const statuses: DeviceStatus[] = []
		let messages = 0
		const connection = new MqttConnection({
			broker: this.broker,
			clientId: 'bystander',
			subscriptions: [...topicsOfDevices, 'testigo/v1/+/control'],
			clock: systemClock,
			random: Math.random,
			connected: () => this.#wake(),
			disconnected: () => {},
			message: (topic, payload) => {
				const parsed = parseTopic(topic)
				if (parsed?.kind === 'control') commands.push(payload.toString())
				const status = parsed?.kind === 'status' ? parseDeviceStatus(payload) : null
				if (status?.ok) statuses.push(status.value)
				if (parsed?.kind === 'entry') {
					entries.add(parsed.seq)
					messages++
				}
				this.#wake()
			},
		})
		connection.start()
		this.#bystanders.push(connection)
		await this.until(() => connection.connected)
		const publish = async (topic: string, payload: string) => {
			await connection.publish({ topic, payload: Buffer.from(payload) })
		}
		return {
			entries,
			commands,
			statuses,
			publish,
			/** Entries seen, each as often as it came. */
			get messages() {
				return messages
			},
		}
	}

	async stopBoth(): Promise<void> {
		await this.uplink?.stop()
		await this.central?.stop()
	}

	async stop(): Promise<void> {
		await this.stopBoth()
		for (const bystander of this.#bystanders) await bystander.stop()
		rmSync(this.root, { recursive: true, force: true })
	}

	#wake(): void {
		for (const resolve of this.#waiting.splice(0)) resolve()
	}
}

/** A station for the test that runs, on a broker of its own. */
export async function stationOfTest(signer?: Signer): Promise<Station> {
	const broker = new EmbeddedBroker()
	await broker.start()
	const station = new Station(broker.url, '3.1.1', signer)
	onTestFinished(async () => {
		await station.stop()
		await broker.stop()
	})
	return station
}
