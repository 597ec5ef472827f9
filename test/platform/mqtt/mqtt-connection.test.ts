import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Broker } from '#src/platform/mqtt/broker.js'
import { type ConnectionFault, MqttConnection } from '#src/platform/mqtt/mqtt-connection.js'
import { SimulatedClock } from '../../support/simulated-clock.ts'

/** A broker of MQTT 5 that does as it is told: bytes as in the OASIS standard, sections 3.2 and 3.4. */
let server: Server
let sockets: Socket[]
let onPacket: (packet: Buffer, socket: Socket) => void
let connection: MqttConnection
let clock: SimulatedClock
let windows: number[]
let faults: ConnectionFault[]
let waiting: (() => void)[]

const wake = () => {
	for (const resolve of waiting.splice(0)) resolve()
}

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise<void>((resolve) => waiting.push(resolve))
}

/** Session not present, success, receive maximum 5, maximum packet size 1024. */
const connack = Buffer.from([0x20, 11, 0, 0, 8, 0x21, 0, 5, 0x27, 0, 0, 4, 0])

function isConnect(packet: Buffer): boolean {
	return packet[0] === 0x10
}

/** PUBACK for a PUBLISH of QoS 1 shorter than 128 bytes. */
function puback(publish: Buffer, reason: number): Buffer {
	const at = 4 + publish.readUInt16BE(2)
	return Buffer.from([0x40, 3, publish[at] ?? 0, publish[at + 1] ?? 0, reason])
}

beforeEach(async () => {
	sockets = []
	windows = []
	faults = []
	waiting = []
	clock = new SimulatedClock()
	server = createServer((socket) => {
		sockets.push(socket)
		socket.on('data', (packet) => {
			onPacket(packet, socket)
			wake()
		})
		socket.on('error', () => {})
		wake()
	}).listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as AddressInfo
	connection = new MqttConnection({
		broker: Broker.parse({ url: `mqtt://127.0.0.1:${port}` }),
		clientId: 'kiosk-1',
		subscriptions: [],
		clock,
		random: () => 1,
		delays: {
			reconnect: { firstMs: 100, mostMs: 1_000 },
			...{ reachMs: 5_000, connectMs: 5_000, publish: { leastMs: 500, mostMs: 2_000 }, stableMs: 10_000 },
		},
		connected: (window) => {
			windows.push(window)
			wake()
		},
		disconnected: (fault) => {
			faults.push(fault)
			wake()
		},
		message: () => {},
	})
})

afterEach(async () => {
	await connection.stop()
	for (const socket of sockets) socket.destroy()
	server.close()
})

const message = { topic: 'testigo/v1/kiosk-1/entry/1', payload: Buffer.from('entry') }

async function connect(answer: (packet: Buffer, socket: Socket) => void = () => {}): Promise<void> {
	onPacket = (packet, socket) => {
		if (isConnect(packet)) socket.write(connack)
		else answer(packet, socket)
	}
	connection.start()
	await until(() => windows.length > 0)
}

test('without a connection nothing is sent', async () => {
	expect(await connection.publish(message)).toMatchObject({ ok: false, fault: { code: 'not-connected' } })
})

test('the broker says how much it takes', async () => {
	await connect()
	expect(windows).toEqual([5])
	const large = { ...message, payload: Buffer.alloc(1024) }
	expect(await connection.publish(large)).toMatchObject({ ok: false, fault: { code: 'too-large' } })
})

test.each([
	[0, { ok: true }],
	[16, { ok: true }],
	[135, { ok: false, fault: { code: 'refused' } }],
	[151, { ok: false, fault: { code: 'refused' } }],
])('acknowledged with reason %i', async (reason, outcome) => {
	await connect((packet, socket) => socket.write(puback(packet, reason)))
	expect(await connection.publish(message)).toMatchObject(outcome)
})

test('a cut before the acknowledgement means not sent', async () => {
	await connect((_, socket) => socket.destroy())
	expect(await connection.publish(message)).toMatchObject({ ok: false, fault: { code: 'not-connected' } })
	await until(() => faults.length > 0)
	expect(connection.connected).toBe(false)
})

test('a broker that never acknowledges is given up after the deadline, and tried anew', async () => {
	let published = 0
	await connect(() => published++)
	const both = [connection.publish(message), connection.publish(message)]
	await until(() => published > 0)
	await clock.advance(1_999)
	expect(connection.connected).toBe(true)
	await clock.advance(1)
	const codes = (await Promise.all(both)).map((sent) => (sent.ok ? 'sent' : sent.fault.code))
	expect(codes).toEqual(['timed-out', 'not-connected'])
	await until(() => faults.length > 0)
	expect(faults).toMatchObject([{ code: 'timed-out' }])
	await clock.advance(200)
	await until(() => windows.length === 2)
})

test('on a slow line each acknowledgement gives the next one its time', async () => {
	const publishes: { packet: Buffer; socket: Socket }[] = []
	await connect((packet, socket) => publishes.push({ packet, socket }))
	const sent: string[] = []
	for (const name of ['a', 'b', 'c']) {
		void connection.publish(message).then(({ ok }) => {
			sent.push(`${name} ${ok}`)
			wake()
		})
		await until(() => publishes.length > 'abc'.indexOf(name))
	}
	for (const { packet, socket } of publishes) {
		await clock.advance(1_900)
		const before = sent.length
		socket.write(puback(packet, 0))
		await until(() => sent.length > before)
	}
	expect(sent).toEqual(['a true', 'b true', 'c true'])
	expect(faults).toEqual([])
})

test('a line that was fast and falls silent is given up soon', async () => {
	let answers = true
	let published = 0
	await connect((packet, socket) => {
		published++
		if (answers) socket.write(puback(packet, 0))
	})
	expect(await connection.publish(message)).toMatchObject({ ok: true })
	answers = false
	const silent = connection.publish(message)
	await until(() => published === 2)
	await clock.advance(499)
	expect(connection.connected).toBe(true)
	await clock.advance(1)
	expect(await silent).toMatchObject({ ok: false, fault: { code: 'timed-out' } })
	expect(connection.connected).toBe(false)
})

test('a message that this very broker answers with nonsense ends the connection', async () => {
	// mosquitto 2.0 with message_size_limit: reason 149, which no PUBACK may have (MQTT 5.0, section 3.4.2.1).
	await connect((packet, socket) => socket.write(puback(packet, 149)))
	expect(await connection.publish(message)).toMatchObject({ ok: false, fault: { code: 'not-connected' } })
})

test('a server that says nothing is given up after the deadline, with growing pauses between attempts', async () => {
	onPacket = () => {}
	connection.start()
	let pause = 100
	for (let attempt = 1; attempt <= 5; attempt++) {
		await until(() => sockets.length === attempt)
		await clock.advance(5_000)
		await until(() => faults.length === attempt)
		await clock.advance(pause - 1)
		expect(sockets).toHaveLength(attempt)
		await clock.advance(1)
		pause = Math.min(1_000, pause * 2)
	}
	expect(faults.every(({ code }) => code === 'timed-out')).toBe(true)
})

test('a broker that is not there is a fault at each attempt', async () => {
	server.close()
	connection.start()
	for (const attempt of [1, 2, 3]) {
		await until(() => faults.length >= attempt)
		await clock.advance(1_000)
	}
	expect(faults.slice(0, 3).map(({ code }) => code)).toEqual(Array(3).fill('unreachable'))
})

test('a refusal is told as such', async () => {
	// Not authorized.
	onPacket = (_, socket) => socket.write(Buffer.from([0x20, 3, 0, 135, 0]))
	connection.start()
	await until(() => faults.length > 0)
	expect(faults).toMatchObject([{ code: 'refused' }])
})

test('a packet that would fill the memory ends the connection at its first bytes', async () => {
	await connect((_, socket) => socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 116])))
	expect(await connection.publish(message)).toMatchObject({
		ok: false,
		fault: { code: 'not-connected', detail: 'a packet far too large' },
	})
	await until(() => faults.length > 0)
	expect(faults).toMatchObject([{ code: 'closed' }])
})

test('noise instead of an answer is a fault, not a crash', async () => {
	onPacket = (_, socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')
	connection.start()
	await until(() => faults.length > 0)
	expect(connection.connected).toBe(false)
})

test('stop ends an attempt halfway', async () => {
	onPacket = () => {}
	connection.start()
	await until(() => sockets.length > 0)
	await connection.stop()
	expect(windows).toEqual([])
	expect(faults).toEqual([])
})
