/**
 * Receipts that came home on a stick, in the uplink's directory: `carried.jws`, a line each, the one whose `upto`
 * is the highest last, but for one that contradicts the journal, where there is such. `testigo export` writes it,
 * after verifying them; kiosk and uplink read it, and verify them again. So a kiosk without a network shows what
 * was received, or that its journal was set back, and an uplink need not send it again.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { longestJws, parseJws } from '../evidence/jws.ts'
import { readPayload } from '../evidence/open.ts'
import { Receipt } from '../evidence/receipt.ts'
import { lastLines, wholeLines } from '../platform/files/line-reader.ts'

/** Its name in the uplink's directory. */
export const carriedFile = 'carried.jws'

/** What tells one state of the file from another; null where there is none. */
export async function carriedState(directory: string): Promise<string | null> {
	const found = await stat(join(directory, carriedFile)).catch(() => null)
	return found === null ? null : `${found.ino} ${found.size} ${found.mtimeMs}`
}

/** The lines, as they stand; none where there is no file. */
export async function* carriedReceipts(directory: string): AsyncGenerator<string> {
	if ((await carriedState(directory)) === null) return
	for await (const { text } of wholeLines(join(directory, carriedFile), longestJws)) yield text
}

/** The last two lines: see above what stands in them. */
export async function lastCarried(directory: string): Promise<string[]> {
	return (await lastLines(join(directory, carriedFile), 2 * (longestJws + 1) + 1)).slice(-2)
}

/** Which entry a receipt says it is for, unverified; infinite where it says nothing that can be read. */
export function claimedSeq(text: string): number {
	const jws = parseJws(text, 'receipt')
	const receipt = jws.ok ? readPayload(jws.value, Receipt) : jws
	return receipt.ok ? receipt.value.seq : Number.POSITIVE_INFINITY
}
