/** A plain MQTT client on a broker with TLS, which may say it is whom it likes. */
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { vi } from 'vitest'

const patience = { timeout: 50_000, interval: 20 }

export class Peer {
	/** `topic payload`, in the order in which they came. */
	readonly delivered: string[] = []
	readonly #client: MqttClient
	readonly #gone: Promise<void>

	private constructor(client: MqttClient) {
		this.#client = client
		this.#gone = new Promise((resolve) => client.once('close', () => resolve()))
		client.on('message', (topic, payload) => this.delivered.push(`${topic} ${payload}`))
	}

	/** Null when it was not let in. */
	static async connect(url: string, options: IClientOptions): Promise<Peer | null> {
		const client = mqtt.connect(url, { protocolVersion: 5, reconnectPeriod: 0, clean: true, ...options })
		client.on('error', () => {})
		await new Promise<void>((resolve) => {
			client.once('connect', () => resolve())
			client.once('close', () => resolve())
		})
		if (client.connected) return new Peer(client)
		client.end(true)
		return null
	}

	get connected(): boolean {
		return this.#client.connected
	}

	/** However the broker answers: some grant what they don't keep. */
	async subscribe(...topics: readonly string[]): Promise<void> {
		await this.#answered(this.#client.subscribeAsync([...topics], { qos: 1 }))
	}

	/** Resolves when the broker has dealt with it, in whatever way. */
	async publish(topic: string, payload: string, retain = false): Promise<void> {
		await this.#answered(this.#client.publishAsync(topic, payload, { qos: 1, retain }))
	}

	async until(message: string): Promise<void> {
		await vi.waitUntil(() => this.delivered.includes(message), patience)
	}

	end(): void {
		this.#client.end(true)
	}

	/** Or the connection is gone: what waits then waits for ever. */
	async #answered(work: Promise<unknown>): Promise<void> {
		await Promise.race([work.catch(() => {}), this.#gone])
	}
}
