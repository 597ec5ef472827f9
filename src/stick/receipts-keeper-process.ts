/**
 * Started by `receipts-keeper.ts`, as root: the directory is its argument; by standard input come how many bytes the
 * receipts have, a line feed, and the receipts, all or none of which count.
 */
import { giveUpRoot } from '../platform/process/give-up-root.ts'
import { fail, ok, type Result } from '../platform/result.ts'
import { largestReceipts } from '../receipts/receipt-files.ts'
import { type KeepFault, keepReceipts } from './receipts-keeper.ts'

const [, , directory = ''] = process.argv
const given = await giveUpRoot([directory])
const done = given.ok ? await keepWhatComes() : given
if (!done.ok) {
	process.stderr.write(`${done.fault.detail}\n`)
	process.exitCode = 1
}

async function keepWhatComes(): Promise<Result<true, KeepFault>> {
	const parts: Buffer[] = []
	let length = 0
	for await (const part of process.stdin) {
		length += part.length
		if (length > 2 * largestReceipts) return fail('receipts-not-kept', `${directory}: too many receipts`)
		parts.push(part)
	}
	// Nothing was brought home.
	if (length === 0) return ok(true)
	const came = Buffer.concat(parts)
	const feed = came.indexOf('\n')
	const receipts = came.subarray(feed + 1)
	return came.subarray(0, feed).toString() === String(receipts.length)
		? await keepReceipts(directory, receipts.toString())
		: fail('receipts-not-kept', `${directory}: the receipts came in part`)
}
