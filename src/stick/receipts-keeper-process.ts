/**
 * Started by `receipts-keeper.ts`, as root: the uplink's directory is its argument. By standard input come, for each
 * identity, its name, empty for the first, a space, how many bytes the receipts have, a line feed, and the receipts,
 * all or none of which count. Each is answered by a line; the first fault is the end.
 */
import { Id } from '../evidence/identity.ts'
import { giveUpRoot } from '../platform/process/give-up-root.ts'
import { fail, ok, type Result } from '../platform/result.ts'
import { largestReceipts } from '../receipts/receipt-files.ts'
import { directoryFor, type KeepFault, keepReceipts } from './receipts-keeper.ts'

const [, , directory = ''] = process.argv
const given = await giveUpRoot([directory])
const done = given.ok ? await keepWhatComes() : given
if (!done.ok) {
	process.stderr.write(`${done.fault.detail}\n`)
	process.exitCode = 1
}

async function keepWhatComes(): Promise<Result<true, KeepFault>> {
	let parts: Buffer[] = []
	let [length, wanted] = [0, 0]
	for await (const part of process.stdin) {
		parts.push(part)
		length += part.length
		if (length > 2 * largestReceipts) return fail('receipts-not-kept', `${directory}: too many receipts`)
		if (length < wanted) continue
		const came = Buffer.concat(parts)
		const feed = came.indexOf('\n')
		const [spare = '', count = ''] = came.subarray(0, Math.max(0, feed)).toString().split(' ')
		if (feed >= 0 && (!/^\d+$/.test(count) || (spare !== '' && !Id.safeParse(spare).success))) break
		parts = [came]
		wanted = feed < 0 ? 0 : feed + 1 + Number(count)
		if (feed < 0 || length < wanted) continue
		const text = came.subarray(feed + 1, wanted).toString()
		const kept = await keepReceipts(directoryFor(directory, spare || null), text)
		if (!kept.ok) return kept
		process.stdout.write('kept\n')
		// The next ones are written when these were answered.
		parts = [came.subarray(wanted)]
		length -= wanted
		wanted = 0
	}
	// Between two, or before the first where nothing was brought home.
	return length === 0 ? ok(true) : fail('receipts-not-kept', `${directory}: the receipts came in part`)
}
