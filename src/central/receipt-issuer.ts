/** Says in signed receipts what the centre holds. Only says it: what must be kept first is the caller's business. */
import { encodeBase64url } from '../evidence/base64url.ts'
import { mostRanges, type Receipt, type SignedReceipt, signReceipt } from '../evidence/receipt.ts'
import type { Signer } from '../evidence/signer.ts'
import { type Clock, instant } from '../platform/clock.ts'
import type { DeviceChain, HeldEntry } from './device-chain.ts'
import type { Holdings } from './holdings.ts'
import type { IncomingFiles } from './incoming-files.ts'
import type { LedgerIdentity } from './ledger/ledger-id.ts'

export interface ReceiptIssuerParts {
	readonly holdings: Holdings
	readonly incoming: IncomingFiles
	readonly signer: Signer
	readonly clock: Clock
	/** Bytes that nobody can guess. */
	readonly randomBytes: (size: number) => Uint8Array
	/** The ledger that holds what is spoken of. */
	readonly ledger: Pick<LedgerIdentity, 'id'>
	/** After how many milliseconds what is held is in the public log, where the centre has one: receipts promise it. */
	readonly publishWithinMs?: number | undefined
}

export class ReceiptIssuer {
	readonly #parts: ReceiptIssuerParts

	constructor(parts: ReceiptIssuerParts) {
		this.#parts = parts
	}

	/** Of an entry that is held now: `stored`, in `conflict` with another, or in quarantine. */
	held(device: string, held: HeldEntry): Promise<SignedReceipt> {
		const { conflict } = held
		if (this.#isQuarantined(device, held)) return this.#quarantined(device, held)
		if (conflict === null) return this.#sign(this.#of(device, held, 'stored'))
		return this.#sign({ ...this.#of(device, held, 'conflict'), reason: conflict })
	}

	/** Of an entry that was held before; `returned` says that the ledger holds this earlier receipt again. */
	duplicate(device: string, held: HeldEntry, returned?: string): Promise<SignedReceipt> {
		if (this.#isQuarantined(device, held)) return this.#quarantined(device, held, returned)
		const receipt = this.#of(device, held, 'duplicate')
		return this.#sign(returned === undefined ? receipt : { ...receipt, returned })
	}

	rejected(device: string, seq: number, entry: string, reason: string): Promise<SignedReceipt> {
		const standing = this.#standing(this.#parts.holdings.chain(device))
		return this.#sign({ ...standing, device, seq, entry, status: 'rejected', reason, images: [], copies: 0 })
	}

	/** `rejected`, since nobody answers for the entry; what is held of it is said all the same. */
	#quarantined(device: string, held: HeldEntry, returned?: string): Promise<SignedReceipt> {
		const receipt = { ...this.#of(device, held, 'rejected'), reason: 'revoked' }
		return this.#sign(returned === undefined ? receipt : { ...receipt, returned })
	}

	#isQuarantined(device: string, { seq }: HeldEntry): boolean {
		return this.#parts.holdings.chain(device)?.isQuarantined(seq) === true
	}

	#of(device: string, { seq, id: entry, files }: HeldEntry, status: Receipt['status']): Receipt {
		const { holdings, incoming } = this.#parts
		const images = files.map((file) => {
			const whole = incoming.isWhole(file.sha256)
			const missing = incoming.missing(device, file)
			return { sha256: file.sha256, status: whole ? ('stored' as const) : ('missing' as const), missing }
		})
		return {
			...this.#standing(holdings.chain(device)),
			device,
			seq,
			entry,
			status,
			images,
			...this.#promise(status),
		}
	}

	/** Of what is rejected nothing is promised, though it may be held and published. */
	#promise(status: Receipt['status']): Pick<Receipt, 'publishBy'> {
		const { clock, publishWithinMs } = this.#parts
		if (publishWithinMs === undefined || status === 'rejected') return {}
		return { publishBy: instant(clock.wall() + publishWithinMs) }
	}

	#standing(
		chain: DeviceChain | undefined,
	): Pick<Receipt, 'v' | 'upto' | 'gaps' | 'time' | 'copies' | 'ledger' | 'nonce'> {
		return {
			v: 1,
			upto: chain?.good ?? null,
			gaps: chain?.gaps(mostRanges) ?? [],
			time: instant(this.#parts.clock.wall()),
			copies: 1,
			ledger: this.#parts.ledger.id,
			nonce: encodeBase64url(this.#parts.randomBytes(16)),
		}
	}

	#sign(receipt: Receipt): Promise<SignedReceipt> {
		return signReceipt(receipt, this.#parts.signer)
	}
}
