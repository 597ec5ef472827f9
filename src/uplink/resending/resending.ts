/**
 * Obeys a centre that has lost what it held: every entry goes to it again with its files, and in the end the
 * receipts, which it signed and lost.
 */
import type { Identity } from '../../evidence/identity.ts'
import type { UplinkHeartbeat } from '../../handover/uplink-heartbeat.ts'
import type { LogLimiter } from '../../platform/process/log-limiter.ts'
import type { UplinkLog } from '../events.ts'
import type { ReceiptReplay } from './receipt-replay.ts'
import { readOrder } from './resend-orders.ts'

export interface ResendingParts {
	readonly device: string
	readonly centre: Identity
	readonly heartbeat: UplinkHeartbeat
	readonly replay: ReceiptReplay
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
		const { heartbeat, replay, kept, log, repeated } = this.#parts
		const order = readOrder(text, this.#parts, heartbeat.state.resentTo)
		if (!order.ok) {
			const { fault } = order
			repeated.log(`order-refused ${fault.code}`, (times) => log({ event: 'order-refused', fault, times }))
			return null
		}
		const { from, resentTo } = order.value
		log({ event: 'resend', from })
		replay.cancel()
		heartbeat.note({ resentTo, returning: { from: 0, upto: kept() } })
		return from
	}

	/** All entries are held again: the receipts that speak of them can go back. */
	goOn(): void {
		const { heartbeat, replay } = this.#parts
		if (heartbeat.state.returning !== null) replay.start(heartbeat.state.returning)
	}
}
