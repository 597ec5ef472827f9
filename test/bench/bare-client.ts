/**
 * The peer of uplink and centre: MQTT alone, without evidence, journal or ledger. A publisher keeps as
 * many messages in flight; a subscriber counts them, and answers each if asked to. Started by `transport.ts`,
 * each in a process of its own, as uplink and centre are.
 */
import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import mqtt from 'mqtt'
import type { BareClientTask, FromBareClient } from './bare-client-messages.ts'

process.once('message', (task: BareClientTask) => void run(task))

const tell = (what: FromBareClient) => process.send?.(what)

async function run({ url, protocol, role, window, count, answer, messages }: BareClientTask): Promise<void> {
	const client = await mqtt.connectAsync(url, { protocolVersion: protocol === '5' ? 5 : 4 })
	if (client.stream instanceof Socket) client.stream.setNoDelay(true)
	const answers = 'bare/answers'
	if (role === 'subscriber') {
		const payload = Buffer.alloc(answer, 'a')
		let received = 0
		client.on('message', () => {
			if (answer > 0) client.publish(answers, payload, { qos: 1 })
			if (++received === count) tell('done')
		})
		await client.subscribeAsync('testigo/#', { qos: 1 })
		tell('ready')
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
		if (++ended === count) tell('done')
		else sendNext()
	}
	if (answer > 0) {
		client.on('message', oneEnded)
		await client.subscribeAsync(answers, { qos: 1 })
	}
	process.once('message', () => {
		for (let sent = 0; sent < window; sent++) sendNext()
	})
	tell('ready')
}
