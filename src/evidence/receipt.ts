/**
 * A receipt: what the centre says it holds of a device's chain. Only a verified one counts; a broker's
 * acknowledgement proves nothing.
 */
import * as z from 'zod'
import { ok, type Result } from '../platform/result.ts'
import { FileDigest, Instant, LedgerId, mostImages, Nonce, ObjectId, Position, Range, Seq } from './fields.ts'
import { Id, type Identity } from './identity.ts'
import { type JwsFault, signJws } from './jws.ts'
import { type MeaningFault, openObject } from './open.ts'
import type { Signer } from './signer.ts'

/**
 * The most ranges that a list in a receipt holds; what comes after stands in a later receipt. With it the
 * longest receipt stays within `longestJws`.
 */
export const mostRanges = 200

/** The most further entries that a receipt answers. */
const mostFurther = 128

/** What is said of one entry; `ranges`: the most of a file in which chunks are wanted. */
const answer = (ranges: number) => ({
	seq: Seq,
	entry: ObjectId,
	/**
	 * `stored` now, `duplicate` of one stored before, `conflict` with another entry of the same device and
	 * seq (both are kept), or `rejected`; the last two say why in `reason`.
	 */
	status: z.enum(['stored', 'duplicate', 'conflict', 'rejected']),
	reason: z.string().max(200).optional(),
	/** For each file that the entry names: held whole, or which chunks are wanted. */
	images: z
		.array(
			z.looseObject({
				sha256: FileDigest,
				status: z.enum(['stored', 'missing']),
				missing: z.array(Range).max(ranges),
			}),
		)
		.max(mostImages),
})

const Answer = z.looseObject(answer(1))
export type Answer = z.infer<typeof Answer>

const Said = z.looseObject({
	v: z.literal(1),
	device: Id,
	...answer(mostRanges),
	/** Of further entries, synced together with this one, what is said above of the first. */
	also: z.array(Answer).max(mostFurther).optional(),
	/** The end of the device's chain that the centre holds without a gap; null while it lacks the first. */
	upto: Position.nullable(),
	/** Seqs that the centre knows to exist after `upto` but does not hold. */
	gaps: z.array(Range).max(mostRanges),
	time: Instant,
	/** How many independent stores hold the entry. */
	copies: z.int().min(0),
	/** Where it holds that: what the ledger of another id held may be lost. */
	ledger: LedgerId.optional(),
	/** The id of an earlier receipt that the device sent back and the ledger holds again; this answers it. */
	returned: ObjectId.optional(),
	/** Without it the second could be found by trying ids, which entries name in public as their anchor. Older ones lack it. */
	nonce: Nonce.optional(),
	/** The centre's promise to have the entries in its log by then, where it has a log. */
	publishBy: Instant.optional(),
})

/** A receipt that contradicts itself says nothing. */
export const Receipt = Said.superRefine((receipt, context) => {
	const { upto, gaps, copies } = receipt
	const answers = answersOf(receipt)
	const refuse = (path: string, message: string) =>
		context.addIssue({ code: 'custom', path: [path], message })
	if (new Set(answers.map(({ entry }) => entry)).size < answers.length) {
		refuse('also', 'an entry is answered once')
	}
	for (const { status, reason, images } of answers) {
		const isHeld = status === 'stored' || status === 'duplicate'
		if (!isHeld && reason === undefined) refuse('reason', `${status} has a reason`)
		if (status !== 'rejected' && copies === 0) refuse('copies', `what is ${status} is held once at least`)
		if (images.some((image) => image.status === 'stored' && image.missing.length > 0)) {
			refuse('images', 'of what is stored nothing is missing')
		}
	}
	let last = upto?.seq ?? 0
	for (const [from, to] of gaps) {
		if (from <= last) refuse('gaps', 'they come after upto, one after another')
		if (answers.some(({ status, seq }) => status !== 'rejected' && from <= seq && seq <= to)) {
			refuse('gaps', 'the entry itself is held')
		}
		last = to
	}
})
export type Receipt = z.infer<typeof Receipt>

/** What a receipt says of each entry that it answers, the first and those in `also`, by the same rules. */
export function answersOf(receipt: z.infer<typeof Said>): readonly Answer[] {
	return [receipt, ...(receipt.also ?? [])]
}

export interface SignedReceipt {
	readonly text: string
	readonly id: string
	/** Who signed it. */
	readonly centre: string
	readonly receipt: Receipt
}

export type ReceiptFault = JwsFault | MeaningFault

export function openReceipt(text: string, centre: Identity): Result<SignedReceipt, ReceiptFault> {
	const opened = openObject(text, 'receipt', centre, Receipt)
	if (!opened.ok) return opened
	return ok({ text, id: opened.value.jws.id, centre: centre.id, receipt: opened.value.payload })
}

/** Throws (a bug) on a receipt that `openReceipt` would refuse. */
export async function signReceipt(receipt: Receipt, signer: Signer): Promise<SignedReceipt> {
	Receipt.parse(receipt)
	const { text, id } = await signJws('receipt', receipt, signer)
	return { text, id, centre: signer.kid, receipt }
}
