/**
 * Receipts on their way home: written by the centre beside the chain that they speak of, taken in at the kiosk
 * like any other receipt, after the same checks.
 */
import { join } from 'node:path'
import type { Identity } from '../evidence/identity.ts'
import { longestJws } from '../evidence/jws.ts'
import { openReceipt, type SignedReceipt } from '../evidence/receipt.ts'
import { makeDirectory, replaceFile } from '../platform/files/durable.ts'
import { readLines } from '../platform/files/line-reader.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { carriedFile, carriedReceipts } from '../receipts/carried-receipts.ts'
import { type RefusedReceipt, verifyReceipt } from '../receipts/verify-receipt.ts'
import type { StickFolder } from './folder.ts'
import type { JournalSnapshot } from './journal-snapshot.ts'
import { carriedReceiptsFile, largestReceipts } from './layout.ts'

export interface ReceiptsHome {
	/** Receipts of the pinned centre for entries of this journal that are held here now. */
	readonly held: number
	/** Of those on the stick, what was refused, by code. */
	readonly refused: ReadonlyMap<RefusedReceipt['code'], number>
	/** The seq up to which they say that the centre holds everything. */
	readonly upto: number
}

/** Takes in what `folder` brings from `centre`, into the uplink's `directory`. Throws when the stick fails. */
export async function takeHome(
	folder: StickFolder,
	snapshot: JournalSnapshot,
	centre: Identity,
	directory: string,
): Promise<Result<ReceiptsHome, Fault>> {
	const name = carriedReceiptsFile(centre.id)
	const file = await folder.file(name)
	if (!file.ok && file.fault.code !== 'missing') return file
	const best = new Map<string, SignedReceipt>()
	const refused = new Map<RefusedReceipt['code'], number>()
	const yieldIfDue = yieldToEventLoop()
	/** Proof that the journal was set back, or that its key is used elsewhere: the kiosk must see it. */
	let contrary: SignedReceipt | null = null
	const take = async (text: string) => {
		await yieldIfDue()
		const read = await verifyReceipt(text, centre, snapshot.device.id, async (seq) => snapshot.idAt(seq))
		if (!read.ok) {
			const { code } = read.fault
			if (code === 'other-entry' || code === 'wrong-upto') contrary = moreContrary(text, centre, contrary)
			return code
		}
		const { entry } = read.value.receipt
		const before = best.get(entry)
		if (before === undefined || saysMore(read.value, before)) best.set(entry, read.value)
		return null
	}
	for await (const text of carriedReceipts(directory)) await take(text)
	const before = linesOf(best, contrary)
	if (file.ok) {
		const { handle, size } = file.value
		try {
			if (size > largestReceipts) return fail('too-large', `${name} is longer than any file of receipts`)
			for await (const { bytes, ended } of readLines(
				handle.createReadStream({ autoClose: false }),
				longestJws,
			)) {
				// Without its end it was cut off when the stick was pulled.
				const code = ended ? await take(bytes.toString('latin1')) : null
				if (code !== null) refused.set(code, (refused.get(code) ?? 0) + 1)
			}
		} finally {
			await handle.close()
		}
	}
	const after = linesOf(best, contrary)
	if (after !== before) {
		try {
			await makeDirectory(directory)
			await replaceFile(join(directory, carriedFile), after)
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException
			if (code === undefined) throw error
			return fail('receipts-not-kept', `${directory}: the receipts could not be kept (${message})`)
		}
	}
	return ok({ held: best.size, refused, upto: Math.max(0, ...Array.from(best.values(), uptoOf)) })
}

/** The one with the highest `upto` last, and what contradicts the journal: a kiosk reads no others. */
function linesOf(best: ReadonlyMap<string, SignedReceipt>, contrary: SignedReceipt | null): string {
	const sorted = [...best.values()].sort((a, b) => uptoOf(a) - uptoOf(b) || a.receipt.seq - b.receipt.seq)
	return [...sorted, ...(contrary === null ? [] : [contrary])].map(({ text }) => `${text}\n`).join('')
}

/** The one that names the highest seq. Anyone can have a refusal signed for bytes of their own: it proves nothing. */
function moreContrary(text: string, centre: Identity, other: SignedReceipt | null): SignedReceipt | null {
	const opened = openReceipt(text, centre)
	if (!opened.ok || opened.value.receipt.status === 'rejected') return other
	return other === null || highestOf(opened.value) > highestOf(other) ? opened.value : other
}

function highestOf(signed: SignedReceipt): number {
	return Math.max(signed.receipt.seq, uptoOf(signed))
}

/** A stick that was long on the way can bring older receipts than those that are here. */
function saysMore(one: SignedReceipt, other: SignedReceipt): boolean {
	const more = missingOf(other) - missingOf(one)
	return more > 0 || (more === 0 && uptoOf(one) > uptoOf(other))
}

function missingOf({ receipt }: SignedReceipt): number {
	return receipt.images.filter(({ status }) => status === 'missing').length
}

function uptoOf({ receipt }: SignedReceipt): number {
	return receipt.upto?.seq ?? 0
}
