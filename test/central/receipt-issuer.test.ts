import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DeviceLimits } from '#src/central/admission/limits.js'
import { Registry } from '#src/central/authority/registry.js'
import { DeviceStatuses } from '#src/central/device-statuses.js'
import { Holdings } from '#src/central/holdings.js'
import { IncomingFiles } from '#src/central/incoming-files.js'
import { ReceiptIssuer } from '#src/central/receipt-issuer.js'
import { ImageFiles } from '#src/journal/image-files.js'
import { instant } from '#src/platform/clock.js'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const centre = makeSigner('c-centre')
const entry = { seq: 1, id: 'A'.repeat(43), prev: 'B'.repeat(43), files: [], pictures: [], conflict: null }

/** Entries name the id of a receipt as their anchor, in public: it must not give away when that was signed. */
test('of two receipts that say the same in one second neither is found by trying what it may say', async () => {
	const directory = await temporaryFolder()
	const clock = new SimulatedClock()
	const registry = new Registry(directory, clock, () => {}, centre)
	const incoming = new IncomingFiles(
		join(directory, 'incoming'),
		new ImageFiles(join(directory, 'images')),
		DeviceLimits.parse({}),
	)
	const statuses = new DeviceStatuses({ directory, clock, failed: () => {} })
	const holdings = new Holdings(registry, statuses)
	const ledger = { id: 'A'.repeat(22) }
	const issuer = new ReceiptIssuer({ holdings, incoming, signer: centre, clock, randomBytes, ledger })
	const one = await issuer.duplicate('k-one', entry)
	const other = await issuer.duplicate('k-one', entry)
	expect(one.receipt.time).toBe(other.receipt.time)
	expect(one.id).not.toBe(other.id)

	const [header = '', payload = ''] = one.text.split('.')
	const said = Buffer.from(payload, 'base64url').toString()
	const idAt = (second: number, without: RegExp | string) => {
		const text = said.replace(one.receipt.time, instant(clock.wall() + 1_000 * second)).replace(without, '')
		const tried = `${header}.${Buffer.from(text).toString('base64url')}`
		return createHash('sha256').update(tried).digest('base64url')
	}
	const seconds = Array.from({ length: 3_600 }, (_, second) => second - 1_800)
	// Who knows the nonce finds it: what is tried is the very payload.
	expect(seconds.map((second) => idAt(second, ''))).toContain(one.id)
	expect(seconds.map((second) => idAt(second, ''))).not.toContain(other.id)
	expect(seconds.map((second) => idAt(second, /,?"nonce":"[^"]*"/))).not.toContain(one.id)
})
