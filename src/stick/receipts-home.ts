/**
 * Receipts on their way home: written by the centre beside the chain that they speak of, taken in at the kiosk
 * like any other receipt, after the same checks.
 */
import { join } from 'node:path'
import type { CentreList } from '../evidence/authority/centre-list.ts'
import { longestJws } from '../evidence/jws.ts'
import { readLines } from '../platform/files/line-reader.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { CarriedReceipts, carriedFile } from '../receipts/carried-receipts.ts'
import { largestReceipts, receiptLines } from '../receipts/receipt-files.ts'
import type { RefusedReceipt } from '../receipts/verify-receipt.ts'
import type { StickFolder } from './folder.ts'
import type { JournalSnapshot } from './journal-snapshot.ts'
import { carriedReceiptsFile } from './layout.ts'
import { type KeepReceipts, keepReceipts } from './receipts-keeper.ts'

export interface ReceiptsHome {
	/** Receipts of the centres that count for entries of this journal that are held here now. */
	readonly held: number
	/** Of those on the stick, what was refused, by code. */
	readonly refused: ReadonlyMap<RefusedReceipt['code'], number>
	/** The seq up to which they say that the centre holds everything. */
	readonly upto: number
}

/** Where receipts go. */
export interface ReceiptsTarget {
	/** Whose receipts are taken home. */
	readonly centres: CentreList
	/** The uplink's. */
	readonly directory: string
	/** Who writes there, where that is another process. */
	readonly keep?: KeepReceipts
}

/** Takes in what `folder` brings. Throws when the stick fails. */
export async function takeHome(
	folder: StickFolder,
	snapshot: JournalSnapshot,
	{ centres, directory, keep = (text) => keepReceipts(directory, text) }: ReceiptsTarget,
): Promise<Result<ReceiptsHome, Fault>> {
	const refused = new Map<RefusedReceipt['code'], number>()
	const yieldIfDue = yieldToEventLoop()
	const path = join(directory, carriedFile)
	const carried = new CarriedReceipts(centres.presumed, snapshot.signer.id, async (seq) => snapshot.idAt(seq))
	for await (const { text } of receiptLines(path)) {
		await yieldIfDue()
		await carried.take(text)
	}
	const before = carried.text
	for (const centre of centres.centres) {
		const name = carriedReceiptsFile(centre.id)
		const file = await folder.file(name)
		if (!file.ok && file.fault.code !== 'missing') return file
		if (!file.ok) continue
		const { handle, size } = file.value
		try {
			if (size > largestReceipts) return fail('too-large', `${name} is longer than any file of receipts`)
			for await (const { bytes, ended } of readLines(
				handle.createReadStream({ autoClose: false }),
				longestJws,
			)) {
				await yieldIfDue()
				// Without its end it was cut off when the stick was pulled.
				const code = ended ? await carried.take(bytes.toString('latin1')) : null
				if (code !== null) refused.set(code, (refused.get(code) ?? 0) + 1)
			}
		} finally {
			await handle.close()
		}
	}
	const after = carried.text
	if (after !== before) {
		const kept = await keep(after)
		if (!kept.ok) return kept
	}
	return ok({ held: carried.held, refused, upto: carried.upto })
}
