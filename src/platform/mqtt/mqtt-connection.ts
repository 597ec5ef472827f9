/**
 * A connection to an MQTT broker that comes back by itself.
 *
 * INVARIANTS
 * - Nothing is queued: `publish` works while connected or says that it did not. Any error means "not sent".
 * - Every attempt has a client of its own, with a clean session: mqtt.js replays what was in flight after a
 *   reconnect of its own, and loses some of it at a second cut (seen with mqtt 5.16).
 * - Every wait has a deadline, since callbacks of mqtt.js may never come. A broker that leaves a publish
 *   unacknowledged for that long is given up, and with it the memory that its client holds.
 * - Nothing is retained, the will neither: a broker that does not keep messages refuses what asks for it.
 * - A broker's acknowledgement proves nothing. See receipts.
 * - Nothing here depends on the time of day but the broker's certificate. It is checked by the system's time, or
 *   by a later one that has certainly passed: when the program was built, when our own certificate was issued.
 */
import { isIP, connect as netConnect, type Socket } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { type Backoff, delayBefore } from '../backoff.ts'
import { type Clock, instant, pause } from '../clock.ts'
import { readCapped } from '../files/capped-file.ts'
import { readSecretFile } from '../files/secret-file.ts'
import { type Fault, fail, ok, type Result } from '../result.ts'
import { type AcknowledgementDelays, Acknowledgements, type PublishFault } from './acknowledgements.ts'
import type { Broker } from './broker.ts'
import { PacketFilter } from './packet-filter.ts'
import { connectTlsAt, issueOf, type TlsCredentials, type TlsFault } from './tls-at.ts'

/** All waits of a connection, in milliseconds. */
export interface ConnectionDelays {
	readonly reconnect: Backoff
	/**
	 * To the broker's machine. The system repeats its call ever more rarely: a new attempt comes sooner through a
	 * line that has just come back.
	 */
	readonly reachMs: number
	/** To the granted subscriptions. */
	readonly connectMs: number
	readonly publish: AcknowledgementDelays
	/** A connection that lasted this long starts the backoff anew. */
	readonly stableMs: number
}

export const connectionDelays: ConnectionDelays = {
	reconnect: { firstMs: 1_000, mostMs: 60_000 },
	reachMs: 8_000,
	connectMs: 20_000,
	publish: { leastMs: 5_000, mostMs: 60_000 },
	stableMs: 10_000,
}

export interface Message {
	readonly topic: string
	readonly payload: Uint8Array
}

/** `untrusted`: the broker's certificate is not good, or not by this machine's clock. */
export type ConnectionFault =
	| TlsFault
	| Fault<'unreachable' | 'refused' | 'timed-out' | 'closed' | 'bad-credentials-file'>

export interface ConnectionOptions {
	readonly broker: Broker
	readonly clientId: string
	readonly subscriptions: readonly string[]
	/** Published by the broker when this side is gone without a word. */
	readonly will?: () => Message
	readonly clock: Clock
	/** A time that has certainly passed, milliseconds since 1970: when the program was built. */
	readonly notBefore?: number
	readonly random: () => number
	readonly delays?: ConnectionDelays
	/** The subscriptions stand. `window`: messages that the broker takes before acknowledging. */
	connected(window: number): void
	/**
	 * Called once for each failed attempt and each lost connection, after all its publishes were answered.
	 * `retryIn`: milliseconds until the next attempt.
	 */
	disconnected(fault: ConnectionFault, retryIn: number): void
	/**
	 * Whether a message is wanted now, by its topic and its bytes: one that is not is acknowledged and dropped, for next
	 * to nothing. Without it all are.
	 */
	admit?(topic: string, bytes: number): boolean
	/** The next message is read, and this one acknowledged, when the promise is done. */
	message(topic: string, payload: Buffer): Promise<void> | void
}

/** Bytes of the largest packet that is taken: more than anything that is sent here. */
const largestPacketBytes = 1024 * 1024

/** Bytes of a PUBLISH besides topic and payload, generously: fixed header, packet id, properties. */
const publishOverheadBytes = 32

export class MqttConnection {
	readonly #options: ConnectionOptions
	readonly #delays: ConnectionDelays
	#stopping: AbortController | undefined
	#running: Promise<void> | undefined
	#client: MqttClient | undefined
	#giveUp: ((fault: ConnectionFault) => void) | undefined
	/** Of the present connection: a new one may take another line. */
	#acknowledgements: Acknowledgements | undefined

	constructor(options: ConnectionOptions) {
		this.#options = options
		this.#delays = options.delays ?? connectionDelays
	}

	start(): void {
		if (this.#stopping !== undefined) return
		this.#stopping = new AbortController()
		this.#running = this.#run(this.#stopping.signal)
	}

	/** Cuts the connection without a farewell, so that the broker publishes the will. */
	async stop(): Promise<void> {
		this.#stopping?.abort()
		await this.#running
		this.#stopping = undefined
	}

	get connected(): boolean {
		return this.#client !== undefined
	}

	/** QoS 1. Never rejects, and always ends within the deadline. */
	publish({ topic, payload }: Message): Promise<Result<true, PublishFault>> {
		const [client, acknowledgements] = [this.#client, this.#acknowledgements]
		if (client === undefined || acknowledgements === undefined) {
			return Promise.resolve(fail('not-connected', 'no connection to the broker'))
		}
		const size = payload.length + topic.length + publishOverheadBytes
		const largest = client.serverProperties?.maximumPacketSize
		if (largest !== undefined && size > largest) {
			return Promise.resolve(fail('too-large', `the broker takes ${largest} bytes at most`))
		}
		const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length)
		return acknowledgements.wait(size, (answer) => {
			client.publish(topic, bytes, { qos: 1, retain: false }, (error) => {
				if (error == null) return answer(null)
				const reason = (error as { code?: unknown }).code
				const code = typeof reason === 'number' ? 'refused' : 'not-connected'
				answer({ code, detail: oneLine(error) })
			})
		})
	}

	async #run(stop: AbortSignal): Promise<void> {
		const { clock, random } = this.#options
		for (let attempt = 0; !stop.aborted; attempt++) {
			const begun = clock.monotonic()
			const fault = await this.#attempt(stop)
			if (stop.aborted) return
			if (clock.monotonic() - begun >= this.#delays.stableMs) attempt = 0
			const retryIn = delayBefore(attempt, this.#delays.reconnect, random)
			this.#options.disconnected(fault, retryIn)
			await pause(clock, retryIn, stop)
		}
	}

	/** Ends when the connection does, and says why. */
	async #attempt(stop: AbortSignal): Promise<ConnectionFault> {
		const { broker, clock, subscriptions } = this.#options
		let settings: IClientOptions & TlsCredentials
		let passed: number
		try {
			settings = await this.#settings()
			passed = Math.max(this.#options.notBefore ?? 0, issueOf(settings))
		} catch (error) {
			return { code: 'bad-credentials-file', detail: oneLine(error) }
		}
		const checked = await this.#checkedStream(settings, passed, stop)
		if (!checked.ok) return checked.fault
		const stream = checked.value
		if (stop.aborted) {
			stream?.destroy()
			return { code: 'closed', detail: 'stopped' }
		}
		return new Promise((resolve) => {
			let client: MqttClient
			const end = (fault: ConnectionFault) => {
				if (this.#giveUp !== end) return
				this.#giveUp = undefined
				cancelReach()
				cancelDeadline()
				stop.removeEventListener('abort', onStop)
				this.#client = undefined
				this.#acknowledgements?.cut({ code: 'not-connected', detail: fault.detail })
				this.#acknowledgements = undefined
				client?.end(true)
				resolve(fault)
			}
			const onStop = () => end({ code: 'closed', detail: 'stopped' })
			const cancelDeadline = clock.after(this.#delays.connectMs, () => end(noAnswer(broker).fault))
			const cancelReach = clock.after(this.#delays.reachMs, () => end(noAnswer(broker).fault))
			this.#giveUp = end
			stop.addEventListener('abort', onStop)
			try {
				const socket = stream ?? openSocket(broker.url, settings)
				if (stream === null) socket.once('connect', cancelReach)
				else cancelReach()
				// mqtt.js keeps some of them to itself.
				socket.on('error', (error) => end(faultOf(error, broker.url, clock)))
				// Small messages that wait for each other's answers: Nagle's algorithm and delayed acknowledgements
				// would make 40 ms of each exchange.
				socket.setNoDelay(true)
				const admit = (topic: string, bytes: number) =>
					this.#giveUp === end && (this.#options.admit?.(topic, bytes) ?? true)
				const filter = new PacketFilter({ socket, largestPacketBytes, admit })
				filter.on('error', (error) => end({ code: 'closed', detail: oneLine(error) }))
				client = new mqtt.MqttClient(() => filter, settings)
			} catch (error) {
				return end({ code: 'bad-credentials-file', detail: oneLine(error) })
			}
			client.handleMessage = (packet, done) => {
				// A message of an attempt that was given up is nobody's.
				if (this.#giveUp !== end) return done()
				const { topic, payload } = packet
				const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
				Promise.resolve(this.#options.message(topic, bytes)).then(
					() => done(),
					(error) => end({ code: 'closed', detail: oneLine(error) }),
				)
			}
			// These stay for as long as the client lives: an error without a listener would end the process.
			client.on('error', (error) => end(faultOf(error, broker.url, clock)))
			client.on('close', () => end({ code: 'closed', detail: `the connection to ${broker.url} is gone` }))
			client.on('connect', ({ properties }) => {
				const begin = (error?: Error | null) => {
					if (this.#giveUp !== end) return
					if (error != null) return end({ code: 'refused', detail: `no subscription: ${oneLine(error)}` })
					cancelDeadline()
					this.#client = client
					this.#acknowledgements = new Acknowledgements({ clock, delays: this.#delays.publish, late: end })
					this.#options.connected(properties?.receiveMaximum ?? 65_535)
				}
				if (subscriptions.length === 0) begin()
				else client.subscribe([...subscriptions], { qos: 1 }, begin)
			})
		})
	}

	/** For a clock that is behind: a stream whose other end was checked by a later time. Null: let mqtt.js see to it. */
	async #checkedStream(
		{ ca, cert, key }: TlsCredentials,
		passed: number,
		stop: AbortSignal,
	): Promise<Result<TLSSocket | null, ConnectionFault>> {
		const { broker, clock } = this.#options
		if (!broker.url.startsWith('mqtts://') || clock.wall() >= passed) return ok(null)
		const { hostname, port } = new URL(broker.url)
		const deadline = new AbortController()
		const cancelDeadline = clock.after(this.#delays.connectMs, () => deadline.abort())
		try {
			const connected = await connectTlsAt(
				passed,
				{ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 8883) },
				{ ca, cert, key },
				AbortSignal.any([stop, deadline.signal]),
			)
			return connected.ok || !deadline.signal.aborted ? connected : noAnswer(broker)
		} finally {
			cancelDeadline()
		}
	}

	async #settings(): Promise<IClientOptions & TlsCredentials> {
		const { broker, clientId } = this.#options
		const will = this.#options.will?.()
		const { username, passwordFile, ca, certificate, key } = broker
		return {
			protocolVersion: broker.protocol === '5' ? 5 : 4,
			clientId,
			clean: true,
			reconnectPeriod: 0,
			queueQoSZero: false,
			resubscribe: false,
			connectTimeout: this.#delays.connectMs,
			keepalive: broker.keepaliveSeconds,
			...(broker.protocol === '5' ? { properties: { maximumPacketSize: largestPacketBytes } } : {}),
			...(username === undefined ? {} : { username }),
			...(passwordFile === undefined
				? {}
				: { password: (await secret(passwordFile, 'password')).toString('utf8').trimEnd() }),
			...(ca === undefined ? {} : { ca: await pemOf(ca) }),
			...(certificate === undefined ? {} : { cert: await pemOf(certificate) }),
			...(key === undefined ? {} : { key: await secret(key, 'key') }),
			...(will === undefined
				? {}
				: {
						will: {
							topic: will.topic,
							payload: Buffer.from(will.payload),
							qos: 1 as const,
							retain: false,
						},
					}),
		}
	}
}

/** Throws on credentials that are none. */
function openSocket(url: string, { ca, cert, key }: TlsCredentials): Socket {
	const { protocol, hostname, port } = new URL(url)
	const host = hostname.replace(/^\[|\]$/g, '')
	if (protocol !== 'mqtts:') return netConnect({ host, port: Number(port || 1883) })
	const name = isIP(host) === 0 ? { servername: host } : {}
	return tlsConnect({ ca, cert, key, ...name, host, port: Number(port || 8883) })
}

/** Bytes: far over a system's bundle of authorities. */
const longestPem = 4 * 1024 * 1024

/** Certificates. Throws when they can't be read. */
async function pemOf(path: string): Promise<Buffer> {
	const read = await readCapped(path, longestPem)
	if (!read.ok) throw new Error(`${path}: ${read.fault.detail}`)
	return read.value
}

/** Throws when it can't be read, or when others can read it too. */
async function secret(path: string, what: string): Promise<Buffer> {
	const read = await readSecretFile(path, what)
	if (!read.ok) throw new Error(read.fault.detail)
	return read.value
}

function noAnswer({ url }: Broker) {
	return fail('timed-out', `no answer from ${url} in time`)
}

function faultOf(error: unknown, url: string, clock: Clock): ConnectionFault {
	const code = (error as { code?: unknown }).code
	if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
		const now = instant(clock.wall())
		return { code: 'untrusted', detail: `${url}: ${oneLine(error)} by this machine's clock, ${now}` }
	}
	// A number is the broker's answer, a string the system's.
	if (typeof code === 'number') return { code: 'refused', detail: `${url}: ${oneLine(error)}` }
	return { code: 'unreachable', detail: `${url}: ${oneLine(error)}` }
}

function oneLine(error: unknown): string {
	const { message, code, errors } = error as { message?: string; code?: unknown; errors?: unknown[] }
	// Node gives an AggregateError without a message when a name has several addresses.
	const text = message || String(code ?? errors?.[0] ?? error)
	return text.replace(/\s+/g, ' ').slice(0, 200)
}
