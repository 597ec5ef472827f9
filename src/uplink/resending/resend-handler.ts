/**
 * Obeys a centre that has lost what it held: every entry goes to it again with its files, and in the end the
 * receipts, which it signed and lost. A command counts when a centre that counts signed it, when it names this device
 * and was not obeyed before: a replayed one can't make the kiosk send everything again.
 */

import type { CountedCentres } from '../../evidence/authority/centre-list.ts'
import { openControl } from '../../evidence/control.ts'
import type { UplinkHeartbeat } from '../../handover/uplink-heartbeat.ts'
import { mostLedgers } from '../../handover/uplink-state.ts'
import type { LogLimiter } from '../../platform/process/log-limiter.ts'
import { fail, ok, type Result } from '../../platform/result.ts'
import type { UplinkLog } from '../events.ts'
import type { ReceiptReplay } from './receipt-replay.ts'

export interface ResendHandlerParts {
	readonly device: string
	readonly centres: CountedCentres
	readonly heartbeat: UplinkHeartbeat
	readonly replay: ReceiptReplay
	/** Bytes of receipts that are kept by now. */
	readonly keptBytes: () => number
	/** The centre asks for what it was sent before: called at each such command. */
	readonly obeyedBefore: () => void
	readonly log: UplinkLog
	readonly repeated: LogLimiter
}

export class ResendHandler {
	readonly #parts: ResendHandlerParts

	constructor(parts: ResendHandlerParts) {
		this.#parts = parts
	}

	/** Gives the seq from which on all is to be sent again; null when this is no command to obey. */
	obey(text: string): number | null {
		const { heartbeat, replay, keptBytes, obeyedBefore, log, repeated } = this.#parts
		const command = this.#read(text, heartbeat.state.resentTo)
		if (!command.ok) {
			const { fault } = command
			repeated.log(`command-refused ${fault.code}`, (times) =>
				log({ event: 'command-refused', fault, times }),
			)
			if (fault.code === 'obeyed-before') obeyedBefore()
			return null
		}
		const { from, resentTo } = command.value
		log({ event: 'resend', from })
		replay.cancel()
		heartbeat.note({ resentTo, returning: { from: 0, upto: keptBytes() } })
		return from
	}

	/** Whoever gave the commands so far may have been a centre that counts no more: they are as if never given. */
	forget(): void {
		this.#parts.replay.cancel()
		this.#parts.heartbeat.note({ resentTo: [], returning: null })
	}

	/** All entries are held again: the receipts that speak of them can go back. */
	replayReceipts(): void {
		const { heartbeat, replay } = this.#parts
		if (heartbeat.state.returning !== null) replay.start(heartbeat.state.returning)
	}

	/** `resentTo`: the ledgers for which everything was sent again before; in the answer with this command's, last. */
	#read(text: string, resentTo: readonly string[]): Result<{ from: number; resentTo: string[] }> {
		const opened = openControl(text, this.#parts.centres, this.#parts.device)
		if (!opened.ok) return opened
		const { verb, from, ledger } = opened.value.control
		if (resentTo.includes(ledger))
			return fail('obeyed-before', `the command to ${verb} to this ledger was obeyed`)
		if (resentTo.length >= mostLedgers) {
			return fail(
				'too-many-orders',
				`the centre has lost ${mostLedgers} ledgers; make this device's uplink state anew`,
			)
		}
		return ok({ from, resentTo: [...resentTo, ledger] })
	}
}
