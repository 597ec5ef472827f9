import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PacketGauge } from '#src/platform/mqtt/packet-gauge.js'

/** Lengths and how they are written: MQTT 5.0, section 1.5.5, table 1-1. */
test.each([
	[0, [0]],
	[127, [0x7f]],
	[128, [0x80, 0x01]],
	[16_383, [0xff, 0x7f]],
	[16_384, [0x80, 0x80, 0x01]],
	[2_097_151, [0xff, 0xff, 0x7f]],
	[268_435_455, [0xff, 0xff, 0xff, 0x7f]],
])('a packet of %i bytes', (length, written) => {
	expect(new PacketGauge().largestIn(Buffer.from([0x30, ...written]))).toBe(length)
})

function packet(length: number): Buffer {
	const digits: number[] = []
	for (let rest = length; digits.length === 0 || rest > 0; rest = Math.floor(rest / 128)) {
		digits.push((rest % 128) + (rest >= 128 ? 128 : 0))
	}
	return Buffer.concat([Buffer.from([0x30, ...digits]), Buffer.alloc(length, 0xff)])
}

test('packet after packet, however the line cuts them up', () => {
	const lengths = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 6 })
	const cuts = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1 })
	const property = fc.property(lengths, cuts, (all, parts) => {
		const bytes = Buffer.concat(all.map(packet))
		const gauge = new PacketGauge()
		let largest = 0
		for (let at = 0, turn = 0; at < bytes.length; turn++) {
			const size = parts[turn % parts.length] ?? 1
			largest = Math.max(largest, gauge.largestIn(bytes.subarray(at, at + size)))
			at += size
		}
		expect(largest).toBe(Math.max(...all))
	})
	fc.assert(property)
})
