/**
 * Receipts that must not count. What a forger without the centre's key can make, and what a true centre does sign
 * in its daily work but for others: another device, or a clone that writes under this device's id.
 */
import type { Identity } from '#src/evidence/identity.js'
import { type Receipt, signReceipt } from '#src/evidence/receipt.js'
import type { Signer } from '#src/evidence/signer.js'
import { type Clock, instant } from '#src/platform/clock.js'
import type { Random } from '#src/simulator/random.js'
import { base64url, headerOf } from '../../vectors/signed.ts'
import { receiptFor } from '../receipts.ts'
import { makeSigner } from '../test-identity.ts'

export const forgeries = [
	/** Another key under the centre's id. */
	'wrong-key',
	/** Another key that the header itself brings along. */
	'key-brought-along',
	/** No signature, and a header that says so. */
	'unsigned',
	/** A true receipt whose claims were changed after signing. */
	'altered',
	/** True, for another device. */
	'other-device',
	/** True, for the entry of a clone with the same seq. */
	'other-entry',
	/** True, for this very entry, which came after the clone's: `upto` is of the clone's chain. */
	'other-chain',
] as const
export type Forgery = (typeof forgeries)[number]

/** The entry for which a receipt is forged. */
export interface Claimed {
	readonly device: string
	readonly seq: number
	readonly id: string
}

export class ReceiptForger {
	readonly #centre: Signer
	readonly #clock: Clock
	readonly #random: Random
	readonly #other: Signer

	/** `centre`: the true key, used only for what a true centre signs too. */
	constructor(centre: Signer, clock: Clock, random: Random) {
		this.#centre = centre
		this.#clock = clock
		this.#random = random
		this.#other = makeSigner(centre.kid)
	}

	/** Under the centre's id, the key that its forgeries are signed with: to whom pins this one they are true. */
	get identity(): Identity {
		return { id: this.#other.kid, publicKey: this.#other.publicKey }
	}

	/** `seen`: a true receipt to alter, where one has been seen. */
	async forge(forgery: Forgery, claimed: Claimed, seen: string | undefined): Promise<string> {
		const wished = this.#stored(claimed)
		switch (forgery) {
			case 'wrong-key':
				return (await signReceipt(wished, this.#other)).text
			case 'key-brought-along': {
				const jwk = this.#other.publicKey.export({ format: 'jwk' })
				const input = `${encode({ ...headerOf('receipt', this.#centre.kid), jwk })}.${encode(wished)}`
				const signature = await this.#other.sign(Buffer.from(input))
				return `${input}.${base64url(signature)}`
			}
			case 'unsigned':
				return `${encode({ ...headerOf('receipt', this.#centre.kid), alg: 'none' })}.${encode(wished)}.`
			case 'altered': {
				const [header, , signature] = (seen ?? (await signReceipt(wished, this.#other)).text).split('.')
				return `${header}.${encode(wished)}.${signature}`
			}
			case 'other-device':
				return (await signReceipt(this.#stored({ ...claimed, device: 'another-kiosk' }), this.#centre)).text
			case 'other-entry':
				return (await signReceipt(this.#stored({ ...claimed, id: this.#someId() }), this.#centre)).text
			case 'other-chain': {
				const conflict = {
					...wished,
					status: 'conflict',
					reason: 'seq-taken',
					upto: { seq: claimed.seq, id: this.#someId() },
				} as const
				return (await signReceipt(conflict, this.#centre)).text
			}
		}
	}

	#stored({ device, ...position }: Claimed): Receipt {
		return receiptFor(device, position, { time: instant(this.#clock.wall()) })
	}

	#someId(): string {
		return Buffer.from(this.#random.hex(64), 'hex').toString('base64url')
	}
}

function encode(value: object): string {
	return base64url(JSON.stringify(value))
}
