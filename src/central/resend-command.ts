/**
 * Commands devices to send everything again. A device that knows by a receipt of ours that we held more than we do says
 * so in its status; it is commanded with each such status until it says that it obeys. Statuses are not signed, so a
 * false one can cause no more than this one command, which a device obeys once for each ledger.
 */
import { type SignedControl, signControl } from '../evidence/control.ts'
import type { Signer } from '../evidence/signer.ts'
import { type Clock, instant } from '../platform/clock.ts'
import type { DeviceStatus } from '../protocol/device-status.ts'
import type { LedgerIdentity } from './ledger-id.ts'

export interface ResendCommandParts {
	readonly ledger: LedgerIdentity
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
		return state === 'online' && resentTo !== id && (askAll || received > upto)
	}

	/** The signed command. */
	async sign(device: string): Promise<SignedControl> {
		const { ledger, signer, clock } = this.#parts
		const time = instant(clock.wall())
		const control = { v: 1 as const, device, verb: 'resend' as const, from: 1, ledger: ledger.id, time }
		return await signControl(control, signer)
	}
}
