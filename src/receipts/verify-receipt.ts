/**
 * The one rule by which a receipt counts: signed by a centre that counts, about this device, true of this journal.
 * Kiosk, uplink and stick each hold to it by themselves: none believes the others.
 */
import type { CountedCentres, UncountedCentre } from '../evidence/authority/centre-list.ts'
import { parseJws } from '../evidence/jws.ts'
import { readPayload } from '../evidence/open.ts'
import {
	type Answer,
	answersOf,
	openReceipt,
	Receipt,
	type ReceiptFault,
	type SignedReceipt,
} from '../evidence/receipt.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { behindGaps, otherEntry } from './rollback.ts'

/** The id of the journal's entry `seq`; null when it has none or can't be read. */
export type EntryIdLookup = (seq: number) => Promise<string | null>

/**
 * Why a receipt does not count; why nothing may be recorded is `RollbackFault`, asked anew as the journal stands then.
 * `other-entry`: the receipt is for an entry that this journal does not hold at that seq. `wrong-upto`: the
 * centre's chain is not this journal's. `wrong-gaps`: the centre holds more than this journal ever had.
 */
export type RefusedReceipt =
	| ReceiptFault
	| UncountedCentre
	| Fault<'other-device' | 'other-entry' | 'wrong-upto' | 'wrong-gaps'>

/** A receipt that counts, and what it says of entries of this journal: of each that it answers, but for refusals of others. */
export interface CountedReceipt extends SignedReceipt {
	readonly answers: readonly Answer[]
}

export type ReceiptVerdict =
	| { readonly ok: true; readonly value: CountedReceipt }
	| {
			readonly ok: false
			readonly fault: RefusedReceipt
			/** The receipt, where it proves that the journal was rolled back or that the device's key is used elsewhere. */
			readonly proof: SignedReceipt | null
	  }

export async function verifyReceipt(
	text: string,
	centres: CountedCentres,
	device: string,
	idAt: EntryIdLookup,
): Promise<ReceiptVerdict> {
	const opened = openOwnReceipt(text, centres, device)
	return opened.ok ? await checkByJournal(opened.value, idAt) : { ...opened, proof: null }
}

/** What the rule asks beside `openOwnReceipt`. */
export async function checkByJournal(signed: SignedReceipt, idAt: EntryIdLookup): Promise<ReceiptVerdict> {
	const { receipt } = signed
	const answers: Answer[] = []
	for (const answer of answersOf(receipt)) {
		if ((await idAt(answer.seq)) === answer.entry) answers.push(answer)
		// Anyone can have a refusal signed for bytes of their own: it proves no entry, but what it says of the chain.
		else if (answer.status !== 'rejected') {
			return { ok: false, fault: otherEntry('a receipt', answer.seq), proof: signed }
		}
	}
	const chainFault = await chainFaultOf(receipt, idAt)
	if (chainFault !== null) return { ok: false, fault: chainFault, proof: signed }
	if (answers.length > 0) return ok({ ...signed, answers })
	return { ok: false, fault: otherEntry('a receipt', receipt.seq), proof: null }
}

/** The part of the rule that needs no journal. */
export function openOwnReceipt(
	text: string,
	centres: CountedCentres,
	device: string,
): Result<SignedReceipt, RefusedReceipt> {
	const parsed = parseJws(text, 'receipt')
	const centre = parsed.ok ? centres.counted(parsed.value.kid) : parsed
	if (!centre.ok) return centre
	const opened = openReceipt(text, centre.value)
	if (!opened.ok || opened.value.receipt.device === device) return opened
	return fail('other-device', `a receipt for ${opened.value.receipt.device} came to ${device}`)
}

async function chainFaultOf({ upto, gaps }: Receipt, idAt: EntryIdLookup): Promise<RefusedReceipt | null> {
	if (upto !== null && (await idAt(upto.seq)) !== upto.id) {
		return fail('wrong-upto', `the centre's chain differs from the journal at seq ${upto.seq}`).fault
	}
	const behind = behindGaps(gaps)
	if (behind === 0 || (await idAt(behind)) !== null) return null
	return fail('wrong-gaps', `the centre holds entry ${behind}, which this journal does not have`).fault
}

/** What a receipt says, whoever signed it; null where it says nothing that can be read. */
export function readUnverified(text: string): Receipt | null {
	const jws = parseJws(text, 'receipt')
	const receipt = jws.ok ? readPayload(jws.value, Receipt) : jws
	return receipt.ok ? receipt.value : null
}
