import { describe, expect, test } from 'vitest'
import { chunkSize } from '#src/protocol/chunks.js'
import { mostChunksInFlight, mostInFlight } from '#src/protocol/limits.js'
import { Delivery, type DeliveryOutput } from '#src/uplink/queue/delivery.js'
import {
	chunks,
	delays,
	entries,
	idOf,
	missing,
	numbers,
	receipt,
	received,
	Timed,
} from './timed-delivery.ts'

describe('entries', () => {
	test('nothing is sent before there is a connection', () => {
		const delivery = new Delivery(0, 0, delays)
		expect(delivery.take({ type: 'journal', last: 5 }, 0)).toEqual([])
		expect(delivery.wakeAt(0)).toBeNull()
	})

	test('are sent in order, no more than the window, and more as receipts come', () => {
		const timed = new Timed(30)
		expect(entries(timed.first)).toEqual(numbers(1, mostInFlight))
		expect(entries(timed.receipt(1))).toEqual([17])
		expect(entries(timed.receipt(2))).toEqual([18])
	})

	test('an acknowledgement by the broker frees no place', () => {
		const timed = new Timed(30)
		for (const seq of numbers(1, mostInFlight)) expect(timed.entry(seq)).toEqual([])
		expect(timed.delivery.inFlight).toBe(mostInFlight)
	})

	test('what was received before is not sent again', () => {
		expect(entries(new Timed(5, { received: 3, complete: 3 }).first)).toEqual([4, 5])
	})

	test('an `upto` stands for all before it', () => {
		const timed = new Timed(30)
		expect(entries(timed.receipt(10, { upto: { seq: 29, id: idOf(29) } }))).toContain(30)
	})

	test('without a receipt each is sent again after growing delays, then set aside for others', () => {
		const timed = new Timed(1)
		timed.entry(1)
		expect(timed.delivery.wakeAt(0)).toBe(10)
		expect(entries(timed.wake())).toEqual([1])
		timed.entry(1)
		expect(timed.delivery.wakeAt(timed.now)).toBe(30)
		expect(entries(timed.wake())).toEqual([1])
		timed.entry(1)
		expect(timed.wake()).toEqual([])
		expect(timed.delivery.parked(9)).toEqual([{ seq: 1, reason: 'unanswered' }])
		expect(timed.delivery.wakeAt(timed.now)).toBe(timed.now + 100)
		expect(entries(timed.wake())).toEqual([1])
	})

	test('set aside for silence, all come back as soon as the centre answers anything', () => {
		const timed = new Timed(2)
		for (const _ of numbers(1, 3)) {
			timed.entry(1)
			timed.entry(2)
			timed.wake()
		}
		expect(timed.delivery.parkedCount).toBe(2)
		expect(entries(timed.receipt(1))).toEqual([2])
	})

	test('a cut sends what was in flight again on the next connection', () => {
		const timed = new Timed(3)
		timed.entry(1)
		expect(timed.take({ type: 'disconnected' })).toEqual([])
		expect(entries(timed.take({ type: 'connected', window: 100 }))).toEqual([1, 2, 3])
	})

	test('more in flight than the next broker takes at a time wait', () => {
		const timed = new Timed(10)
		timed.take({ type: 'disconnected' })
		expect(entries(timed.take({ type: 'connected', window: 4 }))).toEqual([1, 2, 3, 4])
		expect(entries(timed.entry(1))).toEqual([5])
	})

	test('a rejected one is shown, blocks nobody and is tried again slowly until it is taken', () => {
		const timed = new Timed(2)
		timed.receipt(1, { status: 'rejected', reason: 'unknown-device' })
		timed.receipt(2)
		expect(timed.delivery.parked(9)).toEqual([{ seq: 1, reason: 'unknown-device' }])
		expect(timed.delivery.complete).toBe(0)
		expect(entries(timed.wake())).toEqual([1])
		expect(timed.now).toBe(100)
		timed.receipt(1)
		expect(timed.delivery.parkedCount).toBe(0)
		expect(timed.delivery.complete).toBe(2)
	})

	test('refused by the broker, it rests in its place first, then makes room', () => {
		const timed = new Timed(17)
		for (const _ of numbers(1, 2)) {
			expect(timed.entry(1, 'refused')).toEqual([])
			expect(entries(timed.wake())).toEqual([1])
		}
		expect(entries(timed.entry(1, 'refused'))).toEqual([17])
		expect(timed.delivery.parked(9)).toEqual([{ seq: 1, reason: 'refused' }])
	})

	test.each(['too-large', 'unreadable'] as const)('%s: set aside at once', (outcome) => {
		const timed = new Timed(17)
		expect(entries(timed.entry(1, outcome))).toEqual([17])
		expect(timed.delivery.parked(9)).toEqual([{ seq: 1, reason: outcome }])
	})

	test('thousands set aside take at most four of the places', () => {
		const timed = new Timed(2000)
		for (const seq of numbers(1, 2000)) timed.receipt(seq, { status: 'rejected', reason: 'unknown-device' })
		expect(entries(timed.wake())).toHaveLength(4)
		expect(entries(timed.take({ type: 'journal', last: 2001 }))).toEqual([2001])
	})

	test('a conflict is held by the centre and not sent again', () => {
		const timed = new Timed(1)
		timed.receipt(1, { status: 'conflict', reason: 'seq-taken' })
		expect(timed.delivery.complete).toBe(1)
		expect(timed.delivery.wakeAt(timed.now)).toBeNull()
	})
})

describe('files', () => {
	test('come after entries, lowest first, only what is missing', () => {
		const timed = new Timed(18)
		expect(chunks(timed.receipt(1, { images: missing(1, [0, 2], [5, 5]) }))).toEqual([])
		expect(entries(timed.receipt(2, { images: missing(2) }))).toEqual([18])
		expect(chunks(timed.receipt(3, { images: missing(3) }))).toEqual(['1/0'])
		expect(chunks(timed.receipt(4))).toEqual(['1/1'])
		expect(chunks(timed.receipt(5))).toEqual(['1/2'])
		expect(chunks(timed.receipt(6))).toEqual(['1/5'])
	})

	test('a chunk makes room when the broker has it, and counts for nothing until the receipt', () => {
		const timed = new Timed(1)
		expect(chunks(timed.receipt(1, { images: missing(1, [0, 1]) }))).toEqual(['1/0', '1/1'])
		timed.chunk(1, 0)
		timed.chunk(1, 1)
		expect(timed.delivery.inFlight).toBe(0)
		expect(timed.delivery.complete).toBe(0)
		timed.receipt(1, { images: missing(1) })
		expect(timed.delivery.complete).toBe(1)
		expect(timed.delivery.wakeAt(timed.now)).toBeNull()
	})

	test('few chunks are in flight, so that a fresh entry need not wait behind many', () => {
		const timed = new Timed(1)
		timed.receipt(1, { images: missing(1, [0, 40]) })
		expect(timed.delivery.inFlight).toBe(mostChunksInFlight)
		expect(chunks(timed.chunk(1, 0))).toEqual(['1/4'])
		expect(timed.take({ type: 'journal', last: 2 })).toEqual([{ type: 'send-entry', seq: 2 }])
	})

	test('when all is sent and no receipt comes, the centre is asked, and only what it lacks is sent again', () => {
		const timed = new Timed(1)
		timed.receipt(1, { images: missing(1, [0, 3]) })
		for (const index of [0, 1, 2, 3]) timed.chunk(1, index)
		expect(timed.wake()).toEqual([{ type: 'send-entry', seq: 1 }])
		timed.entry(1)
		expect(chunks(timed.receipt(1, { status: 'duplicate', images: missing(1, [2, 2]) }))).toEqual(['1/2'])
	})

	test('a receipt that may be older than the last chunks sends nothing again', () => {
		const timed = new Timed(1)
		timed.receipt(1, { images: missing(1, [0, 3]) })
		for (const index of [0, 1, 2, 3]) timed.chunk(1, index)
		expect(timed.receipt(1, { images: missing(1, [3, 3]) })).toEqual([])
	})

	test('files that never become whole are set aside and others go on', () => {
		const timed = new Timed(2)
		timed.receipt(1, { images: missing(1, [0, 0]) })
		timed.receipt(2, { images: missing(2) })
		for (let round = 0; round < 12 && timed.delivery.parkedCount === 0; round++) {
			timed.chunk(1, 0)
			if (entries(timed.wake()).includes(1)) timed.receipt(1, { images: missing(1, [0, 0]) })
		}
		expect(timed.delivery.parked(9)).toEqual([{ seq: 1, reason: 'incomplete' }])
	})

	test('after a restart the centre is asked, entry by entry, which chunks it wants', () => {
		const timed = new Timed(10, { received: 10, complete: 3 })
		expect(entries(timed.first)).toEqual([4, 5, 6, 7])
		expect(chunks(timed.receipt(4, { status: 'duplicate', images: missing(4, [1, 1]) }))).toEqual(['4/1'])
		expect(entries(timed.receipt(5, { status: 'duplicate', images: missing(5) }))).toEqual([8])
	})

	test('a cut sends chunks without an acknowledgement again', () => {
		const timed = new Timed(1)
		timed.receipt(1, { images: missing(1, [0, 2]) })
		timed.chunk(1, 1)
		timed.take({ type: 'disconnected' })
		expect(timed.delivery.inFlight).toBe(0)
		expect(chunks(timed.take({ type: 'connected', window: 9 }))).toEqual(['1/0', '1/2'])
	})

	test('a chunk at which the broker ends the connection each time is set aside, and entries go on', () => {
		const timed = new Timed(1)
		timed.receipt(1, { images: missing(1, [0, 9]) })
		for (const _ of numbers(1, 2)) {
			timed.take({ type: 'disconnected' })
			expect(chunks(timed.take({ type: 'connected', window: 99 }))).toHaveLength(4)
		}
		timed.take({ type: 'disconnected' })
		expect(timed.take({ type: 'connected', window: 99 })).toEqual([])
		expect(timed.delivery.parked(9)).toEqual([{ seq: 1, reason: 'cut-off' }])
		expect(entries(timed.take({ type: 'journal', last: 2 }))).toEqual([2])
	})

	test('on a bad line that lets a chunk through now and then, none is set aside', () => {
		const timed = new Timed(1)
		timed.receipt(1, { images: missing(1, [0, 99]) })
		for (const index of numbers(0, 30)) {
			expect(timed.delivery.parkedCount).toBe(0)
			timed.chunk(1, index)
			timed.take({ type: 'disconnected' })
			timed.take({ type: 'connected', window: 99 })
		}
	})

	test('an entry at which the broker ends the connection each time is set aside', () => {
		const timed = new Timed(2)
		timed.entry(2)
		for (const _ of numbers(1, 3)) {
			timed.take({ type: 'disconnected' })
			timed.take({ type: 'connected', window: 99 })
			timed.entry(2)
		}
		expect(timed.delivery.parked(9)).toEqual([{ seq: 1, reason: 'cut-off' }])
	})

	test('a file too large for the broker is shown', () => {
		const timed = new Timed(1)
		timed.receipt(1, { images: missing(1, [0, 2]) })
		timed.chunk(1, 0, 'too-large')
		expect(timed.delivery.parked(9)).toEqual([{ seq: 1, reason: 'too-large' }])
		expect(timed.delivery.inFlight).toBe(0)
	})

	test('ranges without end in a receipt cost no memory', () => {
		const timed = new Timed(1)
		const outputs = timed.receipt(1, { images: missing(1, [0, Number.MAX_SAFE_INTEGER]) })
		expect(outputs).toHaveLength(mostChunksInFlight)
	})
})

describe('with a cap on images', () => {
	const paced = (last: number) => {
		// A chunk every 100 milliseconds.
		const delivery = new Delivery(0, 0, delays, chunkSize * 10)
		delivery.take({ type: 'journal', last }, 0)
		delivery.take({ type: 'connected', window: 99 }, 0)
		return delivery
	}

	test('chunks leave one by one at its pace, however fast the broker is', () => {
		const delivery = paced(1)
		const sent: number[] = []
		let now = 0
		const note = (outputs: readonly DeliveryOutput[]) => {
			for (const output of outputs) {
				if (output.type !== 'send-chunk') continue
				sent.push(now)
				note(delivery.take({ ...output, type: 'chunk', outcome: 'sent' }, now))
			}
		}
		note(delivery.take(received(receipt(1, { images: missing(1, [0, 5]) })), now))
		while (sent.length < 6) {
			now = delivery.wakeAt(now) ?? Number.NaN
			note(delivery.take({ type: 'time' }, now))
		}
		expect(sent).toEqual([0, 100, 200, 300, 400, 500])
	})

	test('entries are not held back', () => {
		const delivery = paced(1)
		delivery.take(received(receipt(1, { images: missing(1, [0, 5]) })), 0)
		expect(entries(delivery.take({ type: 'journal', last: 12 }, 1))).toEqual(numbers(2, 12))
	})
})

describe('a centre that lost what it held', () => {
	test('gets all of it again, entries before files, and nothing counts until it says so', () => {
		const timed = new Timed(3, { received: 3, complete: 3 })
		expect(entries(timed.take({ type: 'lost', from: 1 }))).toEqual([1, 2, 3])
		expect(timed.delivery.held).toBe(0)
		expect(timed.delivery.complete).toBe(0)
		for (const seq of numbers(1, 3)) timed.entry(seq)
		expect(chunks(timed.receipt(1, { images: missing(1, [0, 0]) }))).toEqual(['1/0'])
		timed.receipt(2)
		timed.receipt(3)
		expect(timed.delivery.held).toBe(3)
		expect(timed.delivery.complete).toBe(0)
		timed.chunk(1, 0)
		timed.receipt(1, { images: missing(1) })
		expect(timed.delivery.complete).toBe(3)
	})

	test('gets what is after the seq that it names, and what is on the way not twice', () => {
		const timed = new Timed(8, { received: 6, complete: 4 })
		expect(entries(timed.first)).toEqual([7, 8, 5, 6])
		expect(entries(timed.take({ type: 'lost', from: 4 }))).toEqual([4])
		expect(timed.delivery.held).toBe(3)
	})

	test('gets files again that were on the way, from the beginning', () => {
		const timed = new Timed(1)
		timed.receipt(1, { images: missing(1, [0, 9]) })
		timed.chunk(1, 0)
		expect(entries(timed.take({ type: 'lost', from: 1 }))).toEqual([1])
		expect(timed.delivery.inFlight).toBe(1)
		// An answer to a chunk of before means nothing now.
		expect(timed.chunk(1, 1)).toEqual([])
		expect(chunks(timed.receipt(1, { images: missing(1, [0, 9]) }))).toEqual(['1/0', '1/1', '1/2', '1/3'])
	})
})
