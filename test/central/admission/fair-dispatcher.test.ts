import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DeviceQueues, mostWaiting } from '#src/central/admission/device-queues.js'
import {
	FairDispatcher,
	type IncomingMessage,
	mostOpen,
	mostOpenOfOne,
} from '#src/central/admission/fair-dispatcher.js'
import { settled } from '../../support/simulated-clock.ts'

function entry(device: string, seq: number, payload = Buffer.alloc(10)): IncomingMessage {
	return { topic: { kind: 'entry', device, seq }, payload }
}

function nameOf({ topic }: IncomingMessage): string {
	return `${topic.device} ${topic.kind === 'entry' ? topic.seq : ''}`
}

/** A centre whose work ends when the test says so. */
class Desk {
	readonly begun: string[] = []
	readonly dropped: string[] = []
	readonly #ends: (() => void)[] = []
	readonly reception = new FairDispatcher({
		handle: (arrived) => {
			this.begun.push(nameOf(arrived))
			return new Promise((resolve) => this.#ends.push(resolve))
		},
		isKnown: (device) => !device.startsWith('nobody'),
		dropped: (device) => this.dropped.push(device),
	})

	put(arrived: IncomingMessage): void {
		void this.reception.accept(arrived)
	}

	end(count = this.#ends.length): void {
		for (const end of this.#ends.splice(0, count)) end()
	}

	/** Waits until `count` messages were begun. */
	async hasBegun(count: number): Promise<void> {
		for (let turns = 0; this.begun.length < count; turns++) {
			if (turns > 5_000) throw new Error(`only ${this.begun.length} of ${count} were begun`)
			await settled()
		}
	}

	/** The same, while all that was begun ends. */
	async hasBegunAndEnded(count: number): Promise<void> {
		for (let turns = 0; this.begun.length < count; turns++) {
			if (turns > 5_000) throw new Error(`only ${this.begun.length} of ${count} were begun`)
			this.end()
			await settled()
		}
	}
}

test('one floods and the others have their turn after one message of it each', async () => {
	const desk = new Desk()
	for (let seq = 1; seq <= 40; seq++) desk.put(entry('flood', seq))
	desk.put(entry('one', 1))
	desk.put(entry('two', 1))
	desk.put(entry('one', 2))
	await desk.hasBegunAndEnded(43)
	expect(desk.begun.slice(0, 6)).toEqual(['flood 1', 'one 1', 'two 1', 'flood 2', 'one 2', 'flood 3'])
})

test('a message that comes while all places are taken waits for one message of each other device', async () => {
	const desk = new Desk()
	// More devices than places, each with several messages.
	for (let device = 0; device < 300; device++) {
		for (let seq = 1; seq <= 3; seq++) desk.put(entry(`kiosk-${device}`, seq))
	}
	await desk.hasBegun(mostOpen)
	await settled()
	expect(desk.begun).toHaveLength(mostOpen)
	desk.end(1)
	await desk.hasBegun(mostOpen + 1)
	await desk.hasBegunAndEnded(900)
	expect(desk.begun.slice(0, 300).every((name) => name.endsWith(' 1'))).toBe(true)
	expect(desk.begun.slice(300, 600).every((name) => name.endsWith(' 2'))).toBe(true)
})

test('what is too many of one device is dropped, and reading goes on', async () => {
	const desk = new Desk()
	for (let seq = 1; seq <= 2 * mostWaiting; seq++) {
		expect(desk.reception.accept(entry('flood', seq))).toBeUndefined()
	}
	expect(desk.dropped).toHaveLength(mostWaiting)
	expect(desk.reception.accept(entry('one', 1))).toBeUndefined()
	await desk.hasBegunAndEnded(mostWaiting + 1)
	expect(desk.begun[1]).toBe('one 1')
})

test('one device has no more messages open than an uplink has in flight, and in one turn of the event loop one begun', async () => {
	const desk = new Desk()
	for (let seq = 1; seq <= mostWaiting; seq++) desk.put(entry('flood', seq))
	let before = 0
	for (let turn = 0; turn < 3 * mostOpenOfOne; turn++) {
		await new Promise(setImmediate)
		expect(desk.begun.length - before).toBeLessThanOrEqual(1)
		before = desk.begun.length
	}
	expect(desk.begun).toHaveLength(mostOpenOfOne)
	desk.put(entry('one', 1))
	await desk.hasBegun(mostOpenOfOne + 1)
	expect(desk.begun.at(-1)).toBe('one 1')
	desk.end(1)
	await desk.hasBegun(mostOpenOfOne + 2)
	expect(desk.begun.at(-1)).toBe(`flood ${mostOpenOfOne + 1}`)
})

test('invented names share one queue', () => {
	const desk = new Desk()
	for (let name = 0; name < 1000; name++) desk.put(entry(`nobody-${name}`, 1))
	expect(desk.dropped).toHaveLength(1000 - mostWaiting)
})

test('with too many bytes waiting the broker is left to hold the rest', async () => {
	const desk = new Desk()
	const room: Promise<void>[] = []
	let devices = 0
	const chunk = Buffer.alloc(80 * 1024)
	// More than may wait by more than what is being dealt with at one time.
	while (room.length <= mostOpen) {
		const device = ++devices
		for (let seq = 1; seq <= mostWaiting; seq++) {
			const wait = desk.reception.accept(entry(`kiosk-${device}`, seq, chunk))
			if (wait !== undefined) room.push(wait)
		}
	}
	expect(desk.dropped).toEqual([])
	let open = false
	await desk.hasBegun(mostOpen)
	void Promise.all(room).then(() => {
		open = true
	})
	await settled()
	expect(open).toBe(false)
	for (let turns = 0; !open && turns < 5_000; turns++) {
		desk.end()
		await settled()
	}
})

test('idle is told when all that came is dealt with', async () => {
	const desk = new Desk()
	await desk.reception.idle()
	desk.put(entry('one', 1))
	let idle = false
	const told = desk.reception.idle().then(() => {
		idle = true
	})
	await desk.hasBegun(1)
	await settled()
	expect(idle).toBe(false)
	desk.end()
	await told
})

test('of each device everything comes out, in its order, and no device waits longer than a round', () => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 60 }), (devices) => {
			const queues = new DeviceQueues<{ readonly name: string; readonly payload: Buffer }>()
			const counts = new Map<string, number>()
			for (const device of devices) {
				const count = (counts.get(device) ?? 0) + 1
				counts.set(device, count)
				expect(queues.put(device, { name: `${device}${count}`, payload: Buffer.alloc(1) })).toBe(true)
			}
			const out: string[] = []
			for (let next = queues.take(); next !== undefined; next = queues.take()) out.push(next.message.name)
			expect(out).toHaveLength(devices.length)
			for (const [device, count] of counts) {
				const own = out.filter((name) => name.startsWith(device))
				expect(own).toEqual(Array.from({ length: count }, (_, index) => `${device}${index + 1}`))
				own.forEach((name, index) => {
					expect(out.indexOf(name)).toBeLessThan((index + 1) * counts.size)
				})
			}
		}),
	)
})
