import { expect, test } from 'vitest'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { openReceipt } from '#src/evidence/receipt.js'
import { systemClock } from '#src/platform/clock.js'
import { verifyReceipt } from '#src/receipts/verify-receipt.js'
import { Random } from '#src/simulator/random.js'
import { makeSigner } from '../test-identity.ts'
import { type Forgery, forgeries, ReceiptForger } from './receipt-forger.ts'

const centre = makeSigner('c-centre')
const claimed = { device: 'k-kiosk', seq: 7, id: Buffer.alloc(32, 7).toString('base64url') }
const ownId = async (seq: number) => (seq === claimed.seq ? claimed.id : null)

/** Why each is refused: for its own reason and no other. */
const reasons: Readonly<Record<Forgery, string>> = {
	'wrong-key': 'bad-signature',
	'key-brought-along': 'bad-signature',
	unsigned: 'foreign-alg',
	altered: 'bad-signature',
	'other-device': 'other-device',
	'other-entry': 'other-entry',
	'other-chain': 'wrong-upto',
}

test.each(forgeries)('a receipt forged as "%s" is refused for that', async (forgery) => {
	const forger = new ReceiptForger(centre, systemClock, new Random('forger'))
	const text = await forger.forge(forgery, claimed, undefined)
	const verified = await verifyReceipt(text, onlyCentre(centre), claimed.device, ownId)
	expect(verified).toMatchObject({ ok: false, fault: { code: reasons[forgery] } })
})

test("what is signed with the forger's own key is well made: only the key is wrong", async () => {
	const forger = new ReceiptForger(centre, systemClock, new Random('forger'))
	const text = await forger.forge('wrong-key', claimed, undefined)
	expect(await verifyReceipt(text, onlyCentre(forger.identity), claimed.device, ownId)).toMatchObject({
		ok: true,
	})
	expect(openReceipt(text, forger.identity)).toMatchObject({
		ok: true,
		value: { receipt: { upto: { seq: 7, id: claimed.id } } },
	})
})
