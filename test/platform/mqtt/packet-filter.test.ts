import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { PacketFilter } from '#src/platform/mqtt/packet-filter.js'

const largestPacketBytes = 100_000

const opened: { destroy(): void }[] = []
afterEach(() => {
	for (const { destroy } of opened.splice(0)) destroy()
})

/** A broker's end of a line, and the filter at the other. */
async function line(admit: (topic: string, bytes: number) => boolean) {
	const server = createServer().listen(0, '127.0.0.1')
	await once(server, 'listening')
	const accepted = once(server, 'connection')
	const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
	const [broker] = (await accepted) as [Socket]
	const filter = new PacketFilter({ socket, largestPacketBytes, admit })
	filter.on('error', () => {})
	server.close()
	opened.push({ destroy: () => broker.destroy() }, { destroy: () => filter.destroy() })
	return { broker, filter }
}

function lengthOf(length: number): number[] {
	const digits: number[] = []
	for (let rest = length; digits.length === 0 || rest > 0; rest = Math.floor(rest / 128)) {
		digits.push((rest % 128) + (rest >= 128 ? 128 : 0))
	}
	return digits
}

function publish(topic: string, payload: Buffer, id: number | null): Buffer {
	const name = Buffer.from(topic)
	const head = id === null ? [0x30] : [0x32]
	const after = id === null ? [] : [id >> 8, id & 255]
	const length = 2 + name.length + after.length + payload.length
	return Buffer.concat([
		Buffer.from([...head, ...lengthOf(length), name.length >> 8, name.length & 255]),
		...[name, Buffer.from(after), payload],
	])
}

const packets = fc.array(
	fc.record({
		wanted: fc.boolean(),
		id: fc.option(fc.integer({ min: 1, max: 65_535 })),
		size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 40_000 })),
		/** An answer to a question instead, which is no message. */
		other: fc.boolean(),
	}),
	{ minLength: 1, maxLength: 20 },
)

test('however the line cuts them up: what is wanted comes through, in order; the rest is acknowledged', async () => {
	await fc.assert(
		fc.asyncProperty(
			packets,
			fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1 }),
			async (sent, cuts) => {
				const { broker, filter } = await line((topic) => topic === 'wanted')
				const all: Buffer[] = []
				const expected: Buffer[] = []
				const acknowledged: number[] = []
				for (const { wanted, id, size, other } of sent) {
					const packet = other
						? Buffer.from([0xd0, 0])
						: publish(wanted ? 'wanted' : 'unwanted', Buffer.alloc(size, 0x33), id)
					all.push(packet)
					if (other || wanted) expected.push(packet)
					else if (id !== null) acknowledged.push(0x40, 2, id >> 8, id & 255)
				}
				const through: Buffer[] = []
				const answers: Buffer[] = []
				filter.on('data', (bytes: Buffer) => through.push(bytes))
				broker.on('data', (bytes) => answers.push(bytes))
				const bytes = Buffer.concat(all)
				for (let at = 0, turn = 0; at < bytes.length; turn++) {
					const size = cuts[turn % cuts.length] ?? 1
					broker.write(bytes.subarray(at, at + size))
					at += size
					await new Promise(setImmediate)
				}
				broker.end()
				await once(filter, 'close')
				if (!broker.readableEnded) await once(broker, 'end')
				expect(Buffer.concat(through).equals(Buffer.concat(expected))).toBe(true)
				expect([...Buffer.concat(answers)]).toEqual(acknowledged)
			},
		),
		{ numRuns: 40 },
	)
})

test('what is written goes out as it is', async () => {
	const { broker, filter } = await line(() => true)
	filter.cork()
	for (const piece of ['one ', 'and ', 'another']) filter.write(piece)
	filter.uncork()
	const [bytes] = await once(broker, 'data')
	expect(String(bytes)).toBe('one and another')
})

test('a packet that nobody sends in earnest ends the connection before it has come', async () => {
	const { broker, filter } = await line(() => true)
	broker.write(Buffer.from([0x30, ...lengthOf(largestPacketBytes), 0, 1, 65]))
	const [error] = await once(filter, 'error')
	expect(String(error)).toContain('far too large')
})
