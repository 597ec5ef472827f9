/**
 * The peer of uplink and centre: MQTT alone, without evidence, journal or ledger. A publisher keeps as
 * many messages in flight; a subscriber counts them, and answers each if asked to. Started by `transport.ts`,
 * each in a process of its own, as uplink and centre are.
 */
import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import mqtt from 'mqtt'
import { given } from './forked.ts'

/** Given to a client at its start. */
export interface BareClientTask {
	readonly url: string
	readonly protocol: '5' | '3.1.1'
	readonly role: 'publisher' | 'subscriber'
	/** Messages on the way at one time. */
	readonly window: number
	/** How many messages there are. */
	readonly count: number
	/** Bytes with which the subscriber answers each message; 0 for no answer. */
	readonly answer: number
	/** For the publisher: all its messages, loaded before it says that it is ready. */
	readonly messages: readonly BareMessage[]
}

/** The bytes of a file from `start` up to and without `end`. */
export interface BareMessage {
	readonly topic: string
	readonly path: string
	readonly start: number
	readonly end: number
}

const say = (what: 'ready' | 'done') => process.send?.(what)
const task = await given<BareClientTask>()
await run(task)

async function run({ url, protocol, role, window, count, answer, messages }: BareClientTask): Promise<void> {
	const client = await mqtt.connectAsync(url, { protocolVersion: protocol === '5' ? 5 : 4 })
	if (client.stream instanceof Socket) client.stream.setNoDelay(true)
	const answers = 'bare/answers'
	if (role === 'subscriber') {
		const payload = Buffer.alloc(answer, 'a')
		let received = 0
		client.on('message', () => {
			if (answer > 0) client.publish(answers, payload, { qos: 1 })
			if (++received === count) say('done')
		})
		await client.subscribeAsync('testigo/#', { qos: 1 })
		say('ready')
		return
	}

	const files = new Map<string, Buffer>()
	const loaded = messages.map(({ topic, path, start, end }) => {
		const bytes = files.get(path) ?? readFileSync(path)
		files.set(path, bytes)
		return { topic, payload: bytes.subarray(start, end) }
	})
	let next = 0
	let ended = 0
	const sendNext = () => {
		const message = loaded[next++]
		if (message === undefined) return
		client.publish(message.topic, message.payload, { qos: 1 }, () => {
			if (answer === 0) oneEnded()
		})
	}
	const oneEnded = () => {
		if (++ended === count) say('done')
		else sendNext()
	}
	if (answer > 0) {
		client.on('message', oneEnded)
		await client.subscribeAsync(answers, { qos: 1 })
	}
	process.once('message', () => {
		for (let sent = 0; sent < window; sent++) sendNext()
	})
	say('ready')
}
