/** Which receipts count for a device, and which prove that its journal was rolled back. */
import { expect, test } from 'vitest'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { signJws } from '#src/evidence/jws.js'
import { type Answer, type Receipt, signReceipt } from '#src/evidence/receipt.js'
import { CarriedReceipts } from '#src/receipts/carried-receipts.js'
import { type JournalEntries, RollbackCheck } from '#src/receipts/rollback.js'
import { verifyReceipt } from '#src/receipts/verify-receipt.js'
import { receiptFor } from '../support/receipts.ts'
import { makeSigner } from '../support/test-identity.ts'

const centre = makeSigner('c-centre')
const idOf = (seq: number) => `${'A'.repeat(42)}${seq}`
const position = (seq: number, id = idOf(seq)) => ({ seq, id })

const journalOf = (length: number): JournalEntries => ({
	tail: position(length),
	idAt: (seq) => (seq >= 1 && seq <= length ? idOf(seq) : undefined),
})
const journal = journalOf(5)
const verify = (text: string) =>
	verifyReceipt(text, onlyCentre(centre), 'k-own', async (seq) => journal.idAt(seq) ?? null)

const refusal = { status: 'rejected', reason: 'bad-signature', upto: null } as const
/** What a receipt says of a further entry. */
const further = (seq: number, more: Partial<Answer> = {}): Answer => ({
	...{ seq, entry: idOf(seq), status: 'stored', images: [], ...more },
})
const { upto: _, ...refused } = refusal
type Row = [string, string | null, string | undefined, Partial<Receipt>]

test.each<Row>([
	['of an own entry', null, undefined, {}],
	['with a gap among the own entries', null, undefined, { gaps: [[3, 4]] }],
	['of a revoked device, which is held and counts for nothing', null, undefined, refusal],
	['to another device', 'other-device', undefined, { device: 'k-other', seq: 6 }],
	['of another entry', 'other-entry', 'other-entry', { entry: idOf(9) }],
	['of an entry that is missing', 'other-entry', 'journal-set-back', { seq: 6, entry: idOf(6) }],
	['up to another entry', 'wrong-upto', 'other-entry', { upto: position(2, idOf(9)) }],
	['up to an entry that is missing', 'wrong-upto', 'journal-set-back', { upto: position(6) }],
	// biome-ignore format: a row like the others
	['with a gap behind the end', 'wrong-gaps', 'journal-set-back', { gaps: [[3, 3], [5, 6]] }],
	['with a gap up to the end, so one behind it', 'wrong-gaps', 'journal-set-back', { gaps: [[3, 5]] }],
	// Anyone can have a refusal signed for bytes of their own.
	['that refuses what anyone has sent', 'other-entry', undefined, { seq: 6, entry: idOf(6), ...refusal }],
	[
		'that refuses that, and holds more',
		'wrong-upto',
		'journal-set-back',
		{ seq: 6, entry: idOf(6), ...refusal, upto: position(7) },
	],
	['of several own entries', null, undefined, { also: [further(3), further(1)] }],
	[
		'of one that is another among several',
		'other-entry',
		'other-entry',
		{ also: [further(3), further(4, { entry: idOf(9) })] },
	],
	[
		'of one that is missing among several',
		'other-entry',
		'journal-set-back',
		{ also: [further(3), further(6)] },
	],
	[
		'of several that refuses what anyone has sent',
		null,
		undefined,
		{ also: [further(3), further(6, { entry: idOf(8), ...refused })] },
	],
	[
		'that refuses what anyone has sent, and is of a further entry',
		null,
		undefined,
		{ seq: 5, entry: idOf(9), status: 'rejected', reason: 'crit', also: [further(3)] },
	],
])('a receipt %s: %s, %s', async (_, code, rollback, more) => {
	const { text } = await signReceipt(receiptFor('k-own', position(2), more), centre)
	const verified = await verify(text)
	expect(verified.ok ? null : verified.fault.code).toBe(code)
	const check = new RollbackCheck()
	const signed = verified.ok ? verified.value : verified.proof
	if (signed !== null) check.note(signed.receipt, journal)
	expect(check.against(journal)?.code).toBe(rollback)
	// Nothing that was recorded since makes it good again, but what the receipt spoke of.
	expect(check.against(journalOf(7))?.code).toBe(rollback === 'journal-set-back' ? undefined : rollback)
})

test('a receipt says of each own entry what it says, and nothing of what is refused to anyone', async () => {
	const answers = [further(3), further(1, { status: 'conflict', reason: 'seq-taken' })]
	const foreign = further(4, { entry: idOf(9), ...refused })
	const receipt = receiptFor('k-own', position(2), { also: [...answers, foreign] })
	const verified = await verify((await signReceipt(receipt, centre)).text)
	expect(verified).toMatchObject({ ok: true, value: { answers: [{ seq: 2, entry: idOf(2) }, ...answers] } })
	expect(verified.ok && verified.value.answers).toHaveLength(3)
})

test('of a receipt of several all are held on the way home by stick, in one line', async () => {
	const carried = new CarriedReceipts(onlyCentre(centre), 'k-own', async (seq) => journal.idAt(seq) ?? null)
	const { text } = await signReceipt(
		receiptFor('k-own', position(2), { also: [further(3), further(1)] }),
		centre,
	)
	const later = await signReceipt(receiptFor('k-own', position(3)), centre)
	expect([await carried.take(text), await carried.take(later.text)]).toEqual([null, null])
	expect(carried.held).toBe(3)
	expect(carried.text).toBe(`${text}\n${later.text}\n`)
})

test('a receipt that contradicts itself does not count, and none is ever signed', async () => {
	const rejected = receiptFor('k-own', position(2), { status: 'rejected' })
	const { text } = await signJws('receipt', rejected, centre)
	expect(await verify(text)).toMatchObject({ fault: { code: 'bad-payload' }, proof: null })
	await expect(signReceipt(rejected, centre)).rejects.toThrow()
})
