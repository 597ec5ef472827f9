/**
 * Obeys a centre that has lost what it held: every entry goes to it again with its files, and in the end the
 * receipts, which it signed and lost.
 */
import type { Identity } from '../../evidence/identity.ts'
import type { NoticeBoard } from '../../handover/uplink-heartbeat.ts'
import type { LogLimiter } from '../../platform/process/log-limiter.ts'
import type { UplinkLog } from '../events.ts'
import type { Returning } from './receipt-replay.ts'
import { readOrder } from './resend-orders.ts'

export interface ResendingParts {
	readonly device: string
	readonly centre: Identity
	readonly board: NoticeBoard
	readonly returning: Returning
	/** Bytes of receipts that are kept by now. */
	readonly kept: () => number
	readonly log: UplinkLog
	readonly repeated: LogLimiter
}

export class Resending {
	readonly #parts: ResendingParts

	constructor(parts: ResendingParts) {
		this.#parts = parts
	}

	/** Gives the seq from which on all is to be sent again; null when this is no order to obey. */
	obey(text: string): number | null {
		const { board, returning, kept, log, repeated } = this.#parts
		const order = readOrder(text, this.#parts, board.state.resentTo)
		if (!order.ok) {
			const { fault } = order
			repeated.log(`order-refused ${fault.code}`, (times) => log({ event: 'order-refused', fault, times }))
			return null
		}
		const { from, resentTo } = order.value
		log({ event: 'resend', from })
		returning.cancel()
		board.note({ resentTo, returning: { from: 0, upto: kept() } })
		return from
	}

	/** All entries are held again: the receipts that speak of them can go back. */
	goOn(): void {
		const { board, returning } = this.#parts
		if (board.state.returning !== null) returning.start(board.state.returning)
	}
}
