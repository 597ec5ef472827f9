/**
 * Receipts that came home on a stick, in the uplink's directory: `carried.jws`, a line each, the one whose `upto`
 * is the highest last, but for one that contradicts the journal, where there is such. `testigo export` writes it,
 * after verifying them; kiosk and uplink read it, and verify them again. So a kiosk without a network shows what
 * was received, or that its journal was rolled back, and an uplink need not send it again.
 */
import type { CountedCentres } from '../evidence/authority/centre-list.ts'
import { longestJws } from '../evidence/jws.ts'
import { type Answer, answersOf, type SignedReceipt } from '../evidence/receipt.ts'
import { type ReceiptReading, receiptLines } from './receipt-files.ts'
import { behindGaps } from './rollback.ts'
import { type EntryIdLookup, type RefusedReceipt, verifyReceipt } from './verify-receipt.ts'

/** Its name in the uplink's directory. */
export const carriedFile = 'carried.jws'

/** The last two lines of the file at `path`: see above what stands in them. */
export async function lastCarried(
	path: string,
	reading: Pick<ReceiptReading, 'failed' | 'files'>,
): Promise<string[]> {
	const texts: string[] = []
	const most = 2 * (longestJws + 1)
	for await (const { text } of receiptLines(path, { ...reading, most })) texts.push(text)
	return texts.slice(-2)
}

/** A receipt, and what it says of one of the entries that it answers. */
interface Said {
	readonly signed: SignedReceipt
	readonly answer: Answer
}

/** What is to stand in the file: of each entry the receipt that says most. */
export class CarriedReceipts {
	readonly #centres: CountedCentres
	readonly #device: string
	readonly #idAt: EntryIdLookup
	/** By the id of the entry. */
	readonly #best = new Map<string, Said>()
	#proof: SignedReceipt | null = null

	constructor(centres: CountedCentres, device: string, idAt: EntryIdLookup) {
		this.#centres = centres
		this.#device = device
		this.#idAt = idAt
	}

	/** Gives the code of why it does not count; null when it does. */
	async take(text: string): Promise<RefusedReceipt['code'] | null> {
		const verified = await verifyReceipt(text, this.#centres, this.#device, this.#idAt)
		if (!verified.ok) {
			const [{ proof }, before] = [verified, this.#proof]
			if (proof !== null && (before === null || highestOf(proof) > highestOf(before))) this.#proof = proof
			return verified.fault.code
		}
		const { answers, ...signed } = verified.value
		for (const answer of answers) {
			const before = this.#best.get(answer.entry)
			if (before === undefined || saysMore({ signed, answer }, before)) {
				this.#best.set(answer.entry, { signed, answer })
			}
		}
		return null
	}

	/** How many entries there are receipts for. */
	get held(): number {
		return this.#best.size
	}

	/** The seq up to which they say that the centre holds everything. */
	get upto(): number {
		return Math.max(0, ...Array.from(this.#best.values(), ({ signed }) => uptoOf(signed)))
	}

	/** The file. */
	get text(): string {
		const receipts = new Map(Array.from(this.#best.values(), ({ signed }) => [signed.id, signed]))
		const sorted = [...receipts.values()].sort(
			(a, b) => uptoOf(a) - uptoOf(b) || a.receipt.seq - b.receipt.seq,
		)
		const lines = this.#proof === null ? sorted : [...sorted, this.#proof]
		return lines.map(({ text }) => `${text}\n`).join('')
	}
}

/** The highest seq that it names. */
function highestOf({ receipt }: SignedReceipt): number {
	const answered = answersOf(receipt).map(({ seq }) => seq)
	return Math.max(...answered, receipt.upto?.seq ?? 0, behindGaps(receipt.gaps))
}

/** A stick that came late can bring older receipts than those that are here. */
function saysMore(one: Said, other: Said): boolean {
	const more = missingOf(other.answer) - missingOf(one.answer)
	return more > 0 || (more === 0 && uptoOf(one.signed) > uptoOf(other.signed))
}

function missingOf({ images }: Answer): number {
	return images.filter(({ status }) => status === 'missing').length
}

function uptoOf({ receipt }: SignedReceipt): number {
	return receipt.upto?.seq ?? 0
}
