/** What receipts prove of a journal: entries that it should have and has not. */
import { expect, test } from 'vitest'
import type { Receipt } from '#src/evidence/receipt.js'
import { type JournalEntries, RollbackCheck } from '#src/receipts/rollback.js'

const idOf = (seq: number) => `${'A'.repeat(42)}${seq}`
const ownOf = (length: number): JournalEntries => ({
	tail: { seq: length, id: idOf(length) },
	idAt: (seq) => (seq <= length ? idOf(seq) : undefined),
})

const receipt: Receipt = {
	v: 1,
	device: 'k-own',
	seq: 2,
	entry: idOf(2),
	status: 'stored',
	images: [],
	upto: { seq: 2, id: idOf(2) },
	gaps: [],
	time: '2024-07-28T23:00:00Z',
	copies: 1,
}

test.each<[string, string | undefined, Partial<Receipt>]>([
	['an own entry', undefined, {}],
	['a gap with an own entry behind it', undefined, { gaps: [[3, 4]] }],
	['an entry that the journal lacks', 'journal-set-back', { seq: 6, entry: idOf(6) }],
	['a gap up to the end, so an entry behind the end', 'journal-set-back', { gaps: [[3, 5]] }],
	['another entry than the own', 'other-entry', { seq: 3, entry: idOf(9) }],
	['a refusal of bytes by anyone', undefined, { seq: 6, entry: idOf(6), status: 'rejected', reason: 'crit' }],
])('a receipt of %s: %s', (_, code, more) => {
	const claims = new RollbackCheck()
	claims.note({ ...receipt, ...more }, ownOf(5))
	expect(claims.against(ownOf(5))?.code).toBe(code)
	// Nothing that was recorded since makes it good again, but what the receipt spoke of.
	expect(claims.against(ownOf(6))?.code).toBe(code === 'journal-set-back' ? undefined : code)
})
