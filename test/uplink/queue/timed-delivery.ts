/** A delivery with its clock, and what comes to it. */
import type { Range } from '#src/evidence/fields.js'
import { answersOf, type Receipt } from '#src/evidence/receipt.js'
import { Delivery, type DeliveryInput, type DeliveryOutput } from '#src/uplink/queue/delivery.js'

export const delays = { receipt: { firstMs: 10, mostMs: 80 }, parked: { firstMs: 100, mostMs: 400 } }

export function idOf(seq: number): string {
	return String(seq).padStart(43, '0')
}

function shaOf(seq: number): string {
	return String(seq).padStart(64, '0')
}

export function receipt(seq: number, more: Partial<Receipt> = {}): Receipt {
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
export function received(receipt: Receipt): DeliveryInput {
	return { type: 'receipt', upto: receipt.upto, answers: answersOf(receipt) }
}

export function missing(seq: number, ...ranges: Range[]): Receipt['images'] {
	return [{ sha256: shaOf(seq), status: ranges.length === 0 ? 'stored' : 'missing', missing: ranges }]
}

/** A delivery with its clock. */
export class Timed {
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

export function entries(outputs: readonly DeliveryOutput[]): number[] {
	return outputs.filter(({ type }) => type === 'send-entry').map(({ seq }) => seq)
}

export function chunks(outputs: readonly DeliveryOutput[]): string[] {
	return outputs.flatMap((output) => (output.type === 'send-chunk' ? [`${output.seq}/${output.index}`] : []))
}

export function numbers(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
