/**
 * Many devices' entries, signed beforehand, to one centre: MQTT alone, so that no uplink stands in the way of
 * the centre's own speed. Receipts are counted by the seq that they name and not verified. Started by `centre.ts`.
 */
import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import mqtt from 'mqtt'
import { formatTopic, parseTopic } from '#src/protocol/topics.js'
import { given } from './forked.ts'

/** The entries of one device, in order, and when they leave. */
export interface Stream {
	readonly device: string
	/** A file of entries, one a line. */
	readonly path: string
	/** `window`: as an uplink sends, so many unanswered at a time. `every`: milliseconds, whatever is answered. */
	readonly sends: { readonly window: number } | { readonly every: number }
}

export interface DeviceStreamsTask {
	readonly url: string
	readonly protocol: '5' | '3.1.1'
	readonly streams: readonly Stream[]
	/** Those whose entries are waited for, all of them; their times are told. */
	readonly timed: readonly string[]
}

export type FromDeviceStreams =
	| { readonly type: 'ready' }
	/** `times`: milliseconds from publishing an entry to its first receipt. */
	| { readonly type: 'done'; readonly seconds: number; readonly times: readonly number[] }

const say = (what: FromDeviceStreams) => process.send?.(what)

class Sender {
	readonly entries: readonly Buffer[]
	readonly #stream: Stream
	readonly #publish: (topic: string, payload: Buffer) => void
	readonly #sentAt: number[] = []
	readonly times: number[] = []
	#timer: NodeJS.Timeout | undefined

	constructor(stream: Stream, publish: (topic: string, payload: Buffer) => void) {
		this.#stream = stream
		this.#publish = publish
		const lines = readFileSync(stream.path, 'latin1').trimEnd().split('\n')
		this.entries = lines.map((line) => Buffer.from(line, 'latin1'))
	}

	begin(): void {
		const { sends } = this.#stream
		if ('window' in sends) for (let sent = 0; sent < sends.window; sent++) this.#next()
		else this.#timer = setInterval(() => this.#next(), sends.every)
	}

	/** True for the first receipt of an entry. */
	answered(seq: number): boolean {
		const at = this.#sentAt[seq]
		if (at === undefined) return false
		delete this.#sentAt[seq]
		this.times.push(performance.now() - at)
		if ('window' in this.#stream.sends) this.#next()
		return true
	}

	end(): void {
		clearInterval(this.#timer)
	}

	#next(): void {
		const seq = this.#sentAt.length === 0 ? 1 : this.#sentAt.length
		const payload = this.entries[seq - 1]
		if (payload === undefined) {
			this.end()
			return
		}
		this.#sentAt[seq] = performance.now()
		this.#publish(formatTopic({ kind: 'entry', device: this.#stream.device, seq }), payload)
	}
}

await run(await given<DeviceStreamsTask>())

async function run({ url, protocol, streams, timed }: DeviceStreamsTask): Promise<void> {
	const client = await mqtt.connectAsync(url, { protocolVersion: protocol === '5' ? 5 : 4 })
	if (client.stream instanceof Socket) client.stream.setNoDelay(true)
	const publish = (topic: string, payload: Buffer) => void client.publish(topic, payload, { qos: 1 })
	const senders = new Map(streams.map((stream) => [stream.device, new Sender(stream, publish)]))
	const waited = new Set(timed)
	let left = 0
	for (const device of timed) left += senders.get(device)?.entries.length ?? 0
	let begun = 0
	client.on('message', (topic, payload) => {
		const parsed = parseTopic(topic)
		if (parsed?.kind !== 'receipt') return
		if (!senders.get(parsed.device)?.answered(seqOf(payload))) return
		if (!waited.has(parsed.device) || --left > 0) return
		const times = timed.flatMap((device) => senders.get(device)?.times ?? [])
		say({ type: 'done', seconds: (performance.now() - begun) / 1000, times })
		for (const sender of senders.values()) sender.end()
	})
	await client.subscribeAsync('testigo/v1/+/receipt', { qos: 1 })
	process.once('message', () => {
		begun = performance.now()
		for (const sender of senders.values()) sender.begin()
	})
	say({ type: 'ready' })
}

function seqOf(receipt: Buffer): number {
	const [, payload = ''] = receipt.toString('latin1').split('.')
	return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')).seq
}
