/**
 * Orders of the centre. Only an order that verifies with the pinned key, names this device and was not obeyed
 * before is obeyed: a replayed one can't make the kiosk send everything again.
 */
import { openControl } from '../../evidence/control.ts'
import type { Identity } from '../../evidence/identity.ts'
import { mostLedgers } from '../../handover/uplink-state.ts'
import { fail, ok, type Result } from '../../platform/result.ts'

export interface Resend {
	/** The first seq to send again. */
	readonly from: number
	/** Ledgers for which everything was sent again, this order's last. */
	readonly resentTo: string[]
}

/** `resentTo`: the ledgers for which everything was sent again before. */
export function readOrder(
	text: string,
	{ centre, device }: { readonly centre: Identity; readonly device: string },
	resentTo: readonly string[],
): Result<Resend> {
	const opened = openControl(text, centre, device)
	if (!opened.ok) return opened
	const { verb, from, ledger } = opened.value.control
	if (resentTo.includes(ledger))
		return fail('obeyed-before', `the order to ${verb} to this ledger was obeyed`)
	if (resentTo.length >= mostLedgers) {
		return fail(
			'too-many-orders',
			`the centre has lost ${mostLedgers} ledgers; make this device's uplink state anew`,
		)
	}
	return ok({ from, resentTo: [...resentTo, ledger] })
}
