/** Which receipts count for a device, by the signature and by what its own journal says. */
import { expect, test } from 'vitest'
import { signJws } from '#src/evidence/jws.js'
import { type Receipt, signReceipt } from '#src/evidence/receipt.js'
import { verifyReceipt } from '#src/receipts/verify-receipt.js'
import { makeSigner } from '../support/test-identity.ts'

const centre = makeSigner('c-centre')
const idOf = (seq: number) => `${'A'.repeat(42)}${seq}`

/** A journal of five entries. */
const ownId = async (seq: number) => (seq >= 1 && seq <= 5 ? idOf(seq) : null)

function receipt(more: Partial<Receipt> = {}): Receipt {
	return {
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
		...more,
	}
}

test.each<[string, string | null, Partial<Receipt>]>([
	['of an own entry', null, {}],
	['with a gap among the own entries', null, { gaps: [[3, 4]] }],
	[
		'of a revoked device, which is held and counts for nothing',
		null,
		{ status: 'rejected', reason: 'revoked', upto: null },
	],
	['to another device', 'other-device', { device: 'k-other' }],
	['of another entry', 'other-entry', { entry: idOf(9) }],
	['of an entry that the journal lacks', 'other-entry', { seq: 6, entry: idOf(6) }],
	['up to another entry', 'wrong-upto', { upto: { seq: 2, id: idOf(9) } }],
	['up to an entry that the journal lacks', 'wrong-upto', { upto: { seq: 6, id: idOf(6) } }],
	[
		'with a gap where the journal has nothing',
		'wrong-gaps',
		{
			gaps: [
				[3, 3],
				[5, 6],
			],
		},
	],
])('a receipt %s: %s', async (_, code, more) => {
	const { text } = await signReceipt(receipt(more), centre)
	const verified = await verifyReceipt(text, centre, 'k-own', ownId)
	expect(verified.ok ? null : verified.fault.code).toBe(code)
})

test('a receipt that contradicts itself does not count, and none is ever signed', async () => {
	const rejected = receipt({ status: 'rejected' })
	const { text } = await signJws('receipt', rejected, centre)
	expect(await verifyReceipt(text, centre, 'k-own', ownId)).toMatchObject({ fault: { code: 'bad-payload' } })
	await expect(signReceipt(rejected, centre)).rejects.toThrow()
})
