import { describe, expect, test } from 'vitest'
import { mostInFlight } from '#src/protocol/limits.js'
import { missing, Timed } from './timed-delivery.ts'

describe("this device's quota at the centre is full", () => {
	const quota = { status: 'rejected', reason: 'quota', copies: 0 } as const

	test('it pauses: nothing is parked, nothing sent, until one entry asks whether it goes on', () => {
		const timed = new Timed(40)
		expect(timed.first).toHaveLength(mostInFlight)
		for (const output of timed.first) timed.answer(output, 'sent')
		expect(timed.receipt(1)).toEqual([{ type: 'send-entry', seq: 17 }])
		expect(timed.receipt(2, quota)).toEqual([])
		expect([timed.delivery.paused, timed.delivery.parkedCount]).toEqual(['all', 0])
		expect(timed.take({ type: 'journal', last: 50 })).toEqual([])
		// Longer than from one refusal to the next, and ever longer.
		expect(timed.wake()).toEqual([{ type: 'send-entry', seq: 2 }])
		expect(timed.now).toBeGreaterThan(60_000)
		const first = timed.now
		expect(timed.entry(2)).toEqual([])
		expect(timed.receipt(2, quota)).toEqual([])
		expect(timed.wake()).toEqual([{ type: 'send-entry', seq: 2 }])
		expect(timed.now - first).toBeGreaterThan(first)
		expect(timed.entry(2)).toEqual([])
		expect(timed.receipt(2)).toHaveLength(mostInFlight)
		expect([timed.delivery.paused, timed.delivery.parkedCount]).toEqual([null, 0])
	})

	test('a question without an answer is no answer: the pause goes on', () => {
		const timed = new Timed(3)
		timed.receipt(1, quota)
		for (let times = 0; times < 5; times++) {
			expect(timed.wake()).toEqual([{ type: 'send-entry', seq: 1 }])
			expect(timed.entry(1)).toEqual([])
			expect(timed.wake()).toEqual([])
		}
		expect([timed.delivery.paused, timed.delivery.parkedCount]).toEqual(['all', 0])
		// A cut in the middle neither.
		expect(timed.wake()).toEqual([{ type: 'send-entry', seq: 1 }])
		timed.take({ type: 'disconnected' })
		timed.take({ type: 'connected', window: 65_535 })
		expect([timed.delivery.paused, timed.delivery.parkedCount]).toEqual(['all', 0])
	})

	test('refused for an image, only images pause', () => {
		const timed = new Timed(1)
		expect(timed.receipt(1, { images: missing(1, [0, 1]) })).toHaveLength(2)
		expect(timed.receipt(1, { ...quota, images: [] })).toEqual([])
		expect([timed.delivery.paused, timed.delivery.parkedCount]).toEqual(['images', 0])
		expect(timed.take({ type: 'journal', last: 2 })).toEqual([{ type: 'send-entry', seq: 2 }])
		expect(timed.receipt(2)).toEqual([])
		// Then it asks what is missing, and sends it.
		expect(timed.wake()).toEqual([{ type: 'send-entry', seq: 1 }])
		const chunks = timed.receipt(1, { status: 'duplicate', images: missing(1, [0, 1]) })
		expect(chunks).toHaveLength(2)
		for (const chunk of chunks) timed.answer(chunk, 'sent')
		timed.receipt(1, { images: missing(1) })
		expect([timed.delivery.paused, timed.delivery.complete]).toEqual([null, 2])
	})
})
