/**
 * One enrolled device that sends as fast as its connection takes it: packets made beforehand, written by hand, no
 * answer waited for. Started by `run.ts`.
 */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as after } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { chunkSize } from '#src/protocol/chunks.js'
import { formatTopic } from '#src/protocol/topics.js'
import { given } from '../../bench/forked.ts'
import { SignedEntries } from '../../bench/signed-entries.ts'
import { credentialsOf, type Member, signerOf } from '../../support/campaign.ts'
import type { FloodKind } from './kinds.ts'

export interface FloodingDeviceTask {
	readonly url: string
	readonly member: Member
	/** Bytes a second that its line takes; null for all that the loopback does. */
	readonly lineBytes: number | null
}

/** `none` rests. */
export type ToFloodingDevice = { readonly kind: FloodKind | 'none'; readonly qos: 0 | 1 }

export interface FromFloodingDevice {
	/** Since the order before. */
	readonly messages: number
	readonly seconds: number
}

/** Bytes written at a time, at most. */
const batchBytes = 256 * 1024

const task = await given<FloodingDeviceTask>()
const device = task.member.id
const entries = new SignedEntries(await signerOf(task.member))
const own: string[] = []
for (let seq = 1; seq <= 16; seq++) own.push((await entries.next()).text)

const junk = randomBytes(1_000)
const chunk = randomBytes(chunkSize)
const large = Buffer.alloc(195_000, 'A')
const status = Buffer.from(
	JSON.stringify({
		...{
			v: 1,
			device,
			state: 'online',
			software: 'testigo/bench',
			recorded: 16,
			received: 0,
			resentTo: null,
		},
		...{ kiosk: { canScan: true, trouble: null, clock: 'ntp', actas: 16 }, free: 1e9, oldestUnsent: null },
		...{ setAside: 0, time: '2024-07-28T22:00:00Z' },
	}),
)

let socket: TLSSocket | null = null
let order: ToFloodingDevice = { kind: 'none', qos: 1 }
let messages = 0
let since = performance.now()
process.on('message', (next: ToFloodingDevice) => {
	process.send?.({ messages, seconds: (performance.now() - since) / 1000 } satisfies FromFloodingDevice)
	order = next
	messages = 0
	since = performance.now()
})
process.send?.({ messages, seconds: 0 } satisfies FromFloodingDevice)
/** What the line has taken, and since when. */
let line = { bytes: 0, since: performance.now() }
for (;;) {
	if (order.kind === 'none') {
		await after(10)
		line = { bytes: 0, since: performance.now() }
		continue
	}
	const room = task.lineBytes === null ? batchBytes : lineRoom(task.lineBytes)
	if (room <= 0) await after(1)
	else line.bytes += await write(order.kind, order.qos, Math.min(batchBytes, room))
}

/** Bytes that the line has room for now. */
function lineRoom(bytesPerSecond: number): number {
	return (bytesPerSecond * (performance.now() - line.since)) / 1000 - line.bytes
}

/** Gives the bytes written. */
async function write(kind: FloodKind, qos: 0 | 1, most: number): Promise<number> {
	let bytes = 0
	try {
		socket ??= await open()
		const packets: Buffer[] = []
		for (; bytes < most; messages++) {
			const packet = publish(...message(kind), qos)
			bytes += packet.length
			packets.push(packet)
		}
		if (!socket.write(Buffer.concat(packets))) await drained(socket)
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === undefined && !/closed/.test(String(error))) throw error
		// A broker that throws it out is called again.
		socket?.destroy()
		socket = null
		await after(100)
	}
	return bytes
}

/** Rejects when the connection ends before. */
function drained(to: TLSSocket): Promise<void> {
	return new Promise((resolve, reject) => {
		const closed = () => reject(new Error('closed'))
		to.once('close', closed)
		to.once('drain', () => {
			to.off('close', closed)
			resolve()
		})
	})
}

function message(kind: FloodKind): [topic: string, payload: Buffer] {
	const turn = messages % own.length
	const seq = turn + 1
	const text = own[turn] ?? ''
	switch (kind) {
		case 'duplicates':
			return [formatTopic({ kind: 'entry', device, seq }), Buffer.from(text)]
		case 'junk-entries': {
			// Every second one has everything but the right signature.
			const bent = `${text.slice(0, -86)}${own[(turn + 1) % own.length]?.slice(-86)}`
			return [formatTopic({ kind: 'entry', device, seq }), turn % 2 === 0 ? Buffer.from(bent) : junk]
		}
		case 'statuses':
			return [formatTopic({ kind: 'status', device }), status]
		case 'unwanted-chunks': {
			const sha256 = createHash('sha256').update(String(messages)).digest('hex')
			return [formatTopic({ kind: 'image', device, sha256, index: 0 }), chunk]
		}
		case 'large-entries':
			return [formatTopic({ kind: 'entry', device, seq: seq + 100 }), large]
	}
}

/** MQTT 3.1.1, section 3.3. */
function publish(topic: string, payload: Buffer, qos: 0 | 1): Buffer {
	const name = Buffer.from(topic)
	const length = 2 + name.length + 2 * qos + payload.length
	const head = [0x30 | (qos << 1), ...lengthOf(length), name.length >> 8, name.length & 255]
	const id = qos === 0 ? [] : [1 + ((messages >> 8) & 127), messages & 255]
	return Buffer.concat([Buffer.from(head), name, Buffer.from(id), payload])
}

function lengthOf(length: number): number[] {
	const bytes: number[] = []
	for (let left = length; ; ) {
		const digit = left % 128
		left = Math.floor(left / 128)
		bytes.push(left > 0 ? digit | 128 : digit)
		if (left === 0) return bytes
	}
}

async function open(): Promise<TLSSocket> {
	const { hostname, port } = new URL(task.url)
	const opened = connect({ host: hostname, port: Number(port), ...(await credentialsOf(task.member)) })
	opened.setNoDelay(true)
	opened.on('error', () => {})
	// What is answered is read and thrown away.
	opened.resume()
	await once(opened, 'secureConnect')
	const id = Buffer.from(device)
	const connected = [0, 4, 77, 81, 84, 84, 4, 2, 0, 0, 0, id.length]
	opened.write(
		Buffer.concat([Buffer.from([0x10, ...lengthOf(connected.length + id.length), ...connected]), id]),
	)
	const receipts = Buffer.from(formatTopic({ kind: 'receipt', device }))
	const wanted = Buffer.concat([Buffer.from([0, 1, 0, receipts.length]), receipts, Buffer.from([0])])
	opened.write(Buffer.concat([Buffer.from([0x82, ...lengthOf(wanted.length)]), wanted]))
	return opened
}
