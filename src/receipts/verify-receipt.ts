/**
 * Receipts that count: signed by the pinned centre, about this device, true of this journal. Those that say
 * something new are appended to `receipts.jws`, evidence of what the centre has promised to hold.
 */
import type { Identity } from '../evidence/identity.ts'
import { openReceipt, type ReceiptFault, type SignedReceipt } from '../evidence/receipt.ts'
import { type Fault, fail, type Result } from '../platform/result.ts'

/** The id of the own entry `seq`; null when the journal has none or it can't be read. */
export type EntryIdLookup = (seq: number) => Promise<string | null>

/**
 * `other-entry`: the receipt is for an entry that this journal does not hold at that seq, so another device
 * writes under this device's id. `wrong-upto`: the centre's chain is not this journal's. `wrong-gaps`: it misses
 * entries that this journal never had.
 */
export type RefusedReceipt =
	| ReceiptFault
	| Fault<'other-device' | 'other-entry' | 'wrong-upto' | 'wrong-gaps'>

export async function verifyReceipt(
	text: string,
	centre: Identity,
	device: string,
	ownId: EntryIdLookup,
): Promise<Result<SignedReceipt, RefusedReceipt>> {
	const opened = openReceipt(text, centre)
	if (!opened.ok) return opened
	const { receipt } = opened.value
	if (receipt.device !== device) {
		return fail('other-device', `a receipt for ${receipt.device} came to ${device}`)
	}
	if ((await ownId(receipt.seq)) !== receipt.entry) {
		return fail('other-entry', `a receipt for seq ${receipt.seq} names another entry than the journal's`)
	}
	if (receipt.upto !== null && (await ownId(receipt.upto.seq)) !== receipt.upto.id) {
		return fail('wrong-upto', `the centre's chain differs from the journal at seq ${receipt.upto.seq}`)
	}
	const highest = receipt.gaps.at(-1)?.[1]
	if (highest !== undefined && (await ownId(highest)) === null) {
		return fail('wrong-gaps', `the centre misses seq ${highest}, which this journal does not have either`)
	}
	return opened
}
