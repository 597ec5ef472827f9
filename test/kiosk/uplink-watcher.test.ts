import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { type Receipt, signReceipt } from '#src/evidence/receipt.js'
import type { Signer } from '#src/evidence/signer.js'
import type { UplinkState } from '#src/handover/uplink-state.js'
import { Journal } from '#src/journal/journal.js'
import type { KioskEvent } from '#src/kiosk/events.js'
import { UplinkWatcher } from '#src/kiosk/uplink-watcher.js'
import { logIntervalMs } from '#src/platform/process/log-limiter.js'
import { entryAfter } from '../support/journal-maker.ts'
import { postState, receiptFor } from '../support/receipts.ts'
import { gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const device = makeSigner('k-received')
const centre = makeSigner('c-centre')
const acta = '121202007.01.1.0001!1,0!0!0'

let directory: string
let journal: Journal
let clock: SimulatedClock
let uplink: UplinkWatcher
let log: KioskEvent[]

beforeEach(async () => {
	directory = await temporaryFolder()
	journal = gotten(await Journal.open(join(directory, 'journal'), device))
	await journal.append(await entryAfter(null, device))
	await journal.append(await entryAfter(journal.tail, device, acta))
	clock = new SimulatedClock()
	log = []
	uplink = new UplinkWatcher({
		journal,
		centres: onlyCentre(centre),
		directory: join(directory, 'uplink'),
		clock,
		log: (event) => log.push(event),
	})
})
afterEach(async () => {
	await uplink.stop()
	await journal.close()
})

const post = (change: Partial<UplinkState>) => postState(join(directory, 'uplink'), change)

async function receipt(change: Partial<Receipt> = {}, signer: Signer = centre): Promise<string> {
	const position = { seq: 2, id: journal.idAt(2) ?? '' }
	return (await signReceipt(receiptFor(device.id, position, change), signer)).text
}

test('a receipt of the pinned centre about this journal counts, and anchors what comes next', async () => {
	await post({ connected: true, latestReceipt: await receipt() })
	await uplink.start(() => {})
	expect(uplink.upto).toBe(2)
	expect(uplink.anchor).toMatch(/^[A-Za-z0-9_-]{43}$/)
	expect(uplink.connection).toBe('online')
	expect(log).toEqual([{ event: 'received', upto: 2 }])
})

// Every other kind: `receipts/verify-receipt.test.ts`.
test.each([
	['by another key', () => receipt({}, makeSigner('c-centre')), 'bad-signature'],
	['by another centre', () => receipt({}, { ...centre, kid: 'c-other' }), 'wrong-centre'],
	['for another device', () => receipt({ device: 'k-other' }), 'other-device'],
	['that is no receipt', async () => 'x.y.z', 'bad-base64url'],
])('a receipt %s counts for nothing and is told of once', async (_, make, code) => {
	await post({ latestReceipt: await make() })
	await uplink.start(() => {})
	await clock.advance(5_000)
	expect(uplink.upto).toBe(0)
	expect(uplink.anchor).toBeNull()
	expect(log).toMatchObject([{ event: 'receipt-refused', fault: { code } }])
})

test('a captured uplink that rewrites its files without end fills neither the log nor the display', async () => {
	await uplink.start(() => {})
	const [rewritten, most] = [10, 1_000_000]
	const until = (condition: () => boolean) =>
		vi.waitUntil(
			async () => {
				await clock.advance(1_000)
				return condition()
			},
			{ timeout: 120_000, interval: 50 },
		)
	for (let count = 1; count <= rewritten; count++) {
		await post({ latestReceipt: `x.y.${count}`, setAsideCount: count })
		await until(() => uplink.setAside === count)
	}
	await post({ setAsideCount: most })
	await until(() => uplink.setAside === most)
	await post({ setAsideCount: most + 1 })
	await until(() => uplink.setAside === 0)
	await uplink.stop()
	const refused = log.flatMap((event) => (event.event === 'receipt-refused' ? [event.times] : []))
	expect(refused.reduce((sum, times) => sum + times, 0)).toBe(rewritten)
	expect(refused.length).toBeLessThanOrEqual(2 + clock.monotonic() / logIntervalMs)
	expect(log.filter(({ event }) => event !== 'receipt-refused')).toMatchObject([
		{ event: 'trouble', device: 'uplink', fault: { code: 'invalid' } },
	])
})

test('what was received is never taken back by an older receipt', async () => {
	await post({ latestReceipt: await receipt() })
	await uplink.start(() => {})
	await post({ latestReceipt: await receipt({ upto: { seq: 1, id: journal.idAt(1) ?? '' } }) })
	await clock.advance(2_000)
	expect(uplink.upto).toBe(2)
})

test('the time is that of the newest receipt, neither of the latest date nor of an older one again', async () => {
	let looks = 0
	/** How far the time is ahead of the monotonic clock, once the kiosk has seen this receipt. */
	const leadAfter = async (change: Partial<Receipt>) => {
		const setAsideCount = ++looks
		await post({ latestReceipt: await receipt(change), setAsideCount })
		await vi.waitUntil(
			async () => {
				await clock.advance(1_000)
				return uplink.setAside === setAsideCount
			},
			{ timeout: 120_000, interval: 50 },
		)
		return (uplink.notBefore ?? Number.NaN) - clock.monotonic()
	}
	await uplink.start(() => {})
	const wrong = await leadAfter({ time: '2045-01-01T00:00:00Z' })
	const right = await leadAfter({ time: '2026-12-06T23:10:00Z' })
	expect(right).toBeLessThan(wrong)
	const first = { seq: 1, id: journal.idAt(1) ?? '' }
	const older = { seq: 1, entry: first.id, upto: first, time: '2045-01-01T00:00:00Z' }
	expect(await leadAfter(older)).toBe(right)
})

test('the display is told when the connection changes, and when the uplink falls silent', async () => {
	const seen: string[] = []
	/** Simulated seconds pass, none of them so fast that the real disk could not answer meanwhile. */
	const until = (connection: string, interval = 250) =>
		vi.waitUntil(
			async () => {
				await clock.advance(1_000)
				return uplink.connection === connection
			},
			{ timeout: 120_000, interval },
		)
	await uplink.start(() => seen.push(uplink.connection))
	expect(uplink.connection).toBe('no-uplink')
	await post({ connected: false })
	await until('offline')
	await post({ connected: true })
	await utimes(join(directory, 'uplink', 'state.json'), 1, 1)
	await until('online')
	await until('no-uplink', 1)
	expect(seen).toEqual(['offline', 'online', 'no-uplink'])
})
