/** Says in signed receipts what the centre holds. Only says it: what must be kept first is the caller's business. */
import { mostRanges, type Receipt, type SignedReceipt, signReceipt } from '../evidence/receipt.ts'
import type { Signer } from '../evidence/signer.ts'
import { type Clock, instant } from '../platform/clock.ts'
import type { DeviceChain, HeldEntry } from './device-chain.ts'
import type { Holdings } from './holdings.ts'
import type { IncomingFiles } from './incoming-files.ts'

export interface IssuingParts {
	readonly holdings: Holdings
	readonly incoming: IncomingFiles
	readonly signer: Signer
	readonly clock: Clock
	/** The id of the ledger that holds what is spoken of. */
	readonly ledger: string
}

export class Issuing {
	readonly #parts: IssuingParts

	constructor(parts: IssuingParts) {
		this.#parts = parts
	}

	/** Of an entry that is held now: `stored`, or in `conflict` with another. */
	held(device: string, held: HeldEntry): Promise<SignedReceipt> {
		const { conflict } = held
		if (conflict === null) return this.#sign(this.#of(device, held, 'stored'))
		return this.#sign({ ...this.#of(device, held, 'conflict'), reason: conflict })
	}

	/** Of an entry that was held before; `returned` says that the ledger holds this earlier receipt again. */
	duplicate(device: string, held: HeldEntry, returned?: string): Promise<SignedReceipt> {
		const receipt = this.#of(device, held, 'duplicate')
		return this.#sign(returned === undefined ? receipt : { ...receipt, returned })
	}

	rejected(device: string, seq: number, entry: string, reason: string): Promise<SignedReceipt> {
		const standing = this.#standing(this.#parts.holdings.chain(device))
		return this.#sign({ ...standing, device, seq, entry, status: 'rejected', reason, images: [] })
	}

	#of(device: string, { seq, id: entry, files }: HeldEntry, status: Receipt['status']): Receipt {
		const { holdings, incoming } = this.#parts
		const images = files.map((file) => {
			const whole = incoming.isWhole(file.sha256)
			const missing = incoming.missing(device, file)
			return { sha256: file.sha256, status: whole ? ('stored' as const) : ('missing' as const), missing }
		})
		return { ...this.#standing(holdings.chain(device)), device, seq, entry, status, images }
	}

	#standing(
		chain: DeviceChain | undefined,
	): Pick<Receipt, 'v' | 'upto' | 'gaps' | 'time' | 'copies' | 'ledger'> {
		return {
			v: 1,
			upto: chain?.upto ?? null,
			gaps: chain?.gaps(mostRanges) ?? [],
			time: instant(this.#parts.clock.wall()),
			copies: 1,
			ledger: this.#parts.ledger,
		}
	}

	#sign(receipt: Receipt): Promise<SignedReceipt> {
		return signReceipt(receipt, this.#parts.signer)
	}
}
