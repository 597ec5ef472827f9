/**
 * Commands devices to send everything again. A device that knows by a receipt of ours that we held more than we do says
 * so in its status; it is commanded with each such status until that is no longer so. Statuses are not signed, so a
 * false one can cause no more than this one command, which a device obeys once for each ledger. That it obeyed for
 * nothing hides no later loss: in place of obeying again it shows its furthest receipt, which is signed; where that
 * names what this ledger does not hold, the ledger takes another id (`Intake`).
 */
import { type SignedControl, signControl } from '../evidence/control.ts'
import type { Signer } from '../evidence/signer.ts'
import { type Clock, instant } from '../platform/clock.ts'
import type { DeviceStatus } from '../protocol/device-status.ts'
import type { LedgerIdentity } from './ledger/ledger-id.ts'

export interface ResendCommandParts {
	readonly ledger: Pick<LedgerIdentity, 'id' | 'askAll'>
	readonly signer: Signer
	readonly clock: Clock
}

export class ResendCommand {
	readonly #parts: ResendCommandParts

	constructor(parts: ResendCommandParts) {
		this.#parts = parts
	}

	/** `upto`: the seq up to which all of the device's entries are held. */
	isNeeded({ state, received, resentTo }: DeviceStatus, upto: number): boolean {
		const { id, askAll } = this.#parts.ledger
		return state === 'online' && (received > upto || (askAll && resentTo !== id))
	}

	/** The signed command. */
	async sign(device: string): Promise<SignedControl> {
		const { ledger, signer, clock } = this.#parts
		const time = instant(clock.wall())
		const control = { v: 1 as const, device, verb: 'resend' as const, from: 1, ledger: ledger.id, time }
		return await signControl(control, signer)
	}
}
