import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Range } from '#src/evidence/fields.js'
import { answersOf, type Receipt } from '#src/evidence/receipt.js'
import { chunkSize } from '#src/protocol/chunks.js'
import { mostChunksInFlight, mostInFlight } from '#src/protocol/limits.js'
import { RangeSet } from '#src/protocol/range-set.js'
import { Delivery, type DeliveryInput, type DeliveryOutput } from '#src/uplink/queue/delivery.js'

const delays = { receipt: { firstMs: 10, mostMs: 80 }, parked: { firstMs: 100, mostMs: 400 } }

function idOf(seq: number): string {
	return String(seq).padStart(43, '0')
}

function shaOf(seq: number): string {
	return String(seq).padStart(64, '0')
}

function receipt(seq: number, more: Partial<Receipt> = {}): Receipt {
	return {
		v: 1,
		device: 'kiosk-1',
		seq,
		entry: idOf(seq),
		status: 'stored',
		images: [],
		upto: null,
		gaps: [],
		time: '2024-07-28T18:00:00Z',
		copies: 1,
		...more,
	}
}

/** What a verified one is to the delivery. */
function received(receipt: Receipt): DeliveryInput {
	return { type: 'receipt', upto: receipt.upto, answers: answersOf(receipt) }
}

function missing(seq: number, ...ranges: Range[]): Receipt['images'] {
	return [{ sha256: shaOf(seq), status: ranges.length === 0 ? 'stored' : 'missing', missing: ranges }]
}

/** A delivery with its clock. */
class Timed {
	readonly delivery: Delivery
	now = 0

	constructor(last: number, { received = 0, complete = 0, window = 65_535 } = {}) {
		this.delivery = new Delivery(received, complete, delays)
		this.take({ type: 'journal', last })
		this.first = this.take({ type: 'connected', window })
	}

	readonly first: DeliveryOutput[]

	take(input: DeliveryInput): DeliveryOutput[] {
		return this.delivery.take(input, this.now)
	}

	receipt(seq: number, more: Partial<Receipt> = {}): DeliveryOutput[] {
		return this.take(received(receipt(seq, more)))
	}

	entry(seq: number, outcome: 'sent' | 'not-sent' | 'refused' | 'too-large' | 'unreadable' = 'sent') {
		return this.take({ type: 'entry', seq, outcome })
	}

	chunk(seq: number, index: number, outcome: 'sent' | 'not-sent' | 'refused' | 'too-large' = 'sent') {
		return this.take({ type: 'chunk', seq, sha256: shaOf(seq), index, outcome })
	}

	/** What the broker said to something that was sent. */
	answer(output: DeliveryOutput, outcome: 'sent' | 'not-sent' | 'refused'): DeliveryOutput[] {
		return output.type === 'send-entry'
			? this.entry(output.seq, outcome)
			: this.chunk(output.seq, output.index, outcome)
	}

	/** Moves to the next moment that the delivery wants to be told of. */
	wake(): DeliveryOutput[] {
		const at = this.delivery.wakeAt(this.now)
		if (at === null) throw new Error('nothing waits')
		this.now = at
		return this.take({ type: 'time' })
	}
}

function entries(outputs: readonly DeliveryOutput[]): number[] {
	return outputs.filter(({ type }) => type === 'send-entry').map(({ seq }) => seq)
}

function chunks(outputs: readonly DeliveryOutput[]): string[] {
	return outputs.flatMap((output) => (output.type === 'send-chunk' ? [`${output.seq}/${output.index}`] : []))
}

function numbers(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

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

/** A centre without signatures: what it holds, and the receipts that it would sign. */
class ToyCentre {
	readonly held = new RangeSet()
	readonly got = new Map<number, RangeSet>()
	readonly #chunksOf: (seq: number) => number

	constructor(chunksOf: (seq: number) => number) {
		this.#chunksOf = chunksOf
	}

	take(output: DeliveryOutput): Receipt | null {
		const { seq } = output
		if (output.type === 'send-entry') {
			this.held.add(seq)
			return this.receipt(seq)
		}
		if (!this.held.has(seq)) return null
		const got = this.got.get(seq) ?? new RangeSet()
		this.got.set(seq, got)
		got.add(output.index)
		return this.whole(seq) ? this.receipt(seq) : null
	}

	whole(seq: number): boolean {
		return this.held.has(seq) && (this.got.get(seq)?.size ?? 0) >= this.#chunksOf(seq)
	}

	receipt(seq: number): Receipt {
		const count = this.#chunksOf(seq)
		const lacking = (this.got.get(seq) ?? new RangeSet()).missing(0, count - 1)
		const upto = this.held.nextMissing(1) - 1
		return receipt(seq, {
			images: count === 0 ? [] : missing(seq, ...lacking),
			upto: upto === 0 ? null : { seq: upto, id: idOf(upto) },
		})
	}
}

/** `expect` costs too much to be called a million times. */
function check(holds: boolean, what: string): void {
	if (!holds) throw new Error(what)
}

type Fate = 'arrives' | 'lost' | 'swallowed' | 'receipt-lost' | 'refused' | 'cut' | 'centre-empty'

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

test('whatever is lost, with an honest channel at the end all is received, and nothing is counted before', () => {
	const fate = fc.constantFrom<Fate>(
		'arrives',
		'arrives',
		'lost',
		'swallowed',
		'receipt-lost',
		'refused',
		'cut',
		'centre-empty',
	)
	const run = fc.record({
		last: fc.integer({ min: 1, max: 60 }),
		sizes: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 10 }),
		fates: fc.array(fate, { maxLength: 300 }),
		start: fc.nat({ max: 3 }),
	})
	fc.assert(
		fc.property(run, ({ last, sizes, fates, start }) => {
			let centre = new ToyCentre((seq) => sizes[seq % sizes.length] ?? 0)
			const timed = new Timed(0)
			let step = 0
			let told = start
			const pending: DeliveryOutput[] = timed.take({ type: 'journal', last: Math.min(told, last) })
			let sent = 0
			while (timed.delivery.complete < last) {
				check(timed.delivery.inFlight <= mostInFlight, 'too many in flight')
				// Everything that is done with is truly held; the other way round is proven by the end.
				for (let seq = 1; seq <= timed.delivery.complete; seq++) check(centre.whole(seq), `counted: ${seq}`)
				const output = pending.shift()
				if (output === undefined) {
					if (told < last) pending.push(...timed.take({ type: 'journal', last: ++told }))
					else pending.push(...timed.wake())
					continue
				}
				check(++sent < 20_000, 'sends for ever')
				const answer = (outcome: 'sent' | 'not-sent' | 'refused') =>
					pending.push(...timed.answer(output, outcome))
				switch (fates[step++] ?? 'arrives') {
					case 'arrives': {
						const came = centre.take(output)
						answer('sent')
						if (came !== null) pending.push(...timed.take(received(came)))
						break
					}
					case 'receipt-lost':
						centre.take(output)
						answer('sent')
						break
					case 'swallowed':
						answer('sent')
						break
					case 'lost':
						answer('not-sent')
						break
					case 'refused':
						answer('refused')
						break
					case 'centre-empty':
						centre = new ToyCentre((seq) => sizes[seq % sizes.length] ?? 0)
						pending.push(output, ...timed.take({ type: 'lost', from: 1 }))
						break
					case 'cut':
						pending.length = 0
						timed.take({ type: 'disconnected' })
						pending.push(...timed.take({ type: 'connected', window: 16 }))
						break
				}
			}
			expect(timed.delivery.inFlight).toBeLessThanOrEqual(mostInFlight)
			expect(timed.delivery.parkedCount).toBe(0)
		}),
		{ numRuns: 300 },
	)
})

test('on an honest channel every entry and every chunk is sent exactly once', () => {
	const centre = new ToyCentre((seq) => seq % 5)
	const timed = new Timed(0)
	const seen = new Map<string, number>()
	const pending = timed.take({ type: 'journal', last: 200 })
	for (let output = pending.shift(); output !== undefined; output = pending.shift()) {
		const name = JSON.stringify(output)
		seen.set(name, (seen.get(name) ?? 0) + 1)
		const came = centre.take(output)
		pending.push(...timed.answer(output, 'sent'))
		if (came !== null) pending.push(...timed.take(received(came)))
	}
	expect(timed.delivery.complete).toBe(200)
	expect([...seen.values()].every((count) => count === 1)).toBe(true)
	expect(seen.size).toBe(200 + 400)
})
