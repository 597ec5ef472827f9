/** Any fate of any message: what the delivery keeps to all the same. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Receipt } from '#src/evidence/receipt.js'
import { mostInFlight } from '#src/protocol/limits.js'
import { RangeSet } from '#src/protocol/range-set.js'
import type { DeliveryOutput } from '#src/uplink/queue/delivery.js'
import { idOf, missing, receipt, received, Timed } from './timed-delivery.ts'

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
