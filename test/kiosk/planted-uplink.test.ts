/**
 * Whatever lies in the place of the uplink's directory or of a file in it: the kiosk starts, records and stops, and
 * its display says that there is no uplink.
 */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { evils } from '../support/evils.ts'
import { HandledKiosk, paperOf } from '../support/handled-kiosk.ts'
import { postState } from '../support/receipts.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const megabyte = 1 << 20
const signer = makeSigner('k-beside')
const centre = makeSigner('c-centre')
const places = ['.', 'state.json', 'receipts.jws', 'carried.jws']

async function outside(directory: string) {
	const folder = join(directory, 'outside')
	mkdirSync(folder)
	// What would be believed, were the link followed.
	await postState(folder, { device: signer.kid, connected: true })
	return { folder, file: join(folder, 'state.json') }
}

test.each(Object.entries(evils))('beside %s', async (_, evil) => {
	const before = process.memoryUsage().rss
	for (const place of places) {
		const directory = await temporaryFolder()
		const uplink = join(directory, 'uplink')
		if (place !== '.') mkdirSync(uplink)
		evil(join(uplink, place), await outside(directory))
		const kiosk = await HandledKiosk.start({ directory, signer, centre, clock: new SimulatedClock() })
		expect(await kiosk.scan(paperOf('01.1')), place).toMatchObject({ event: 'recorded' })
		expect(kiosk.kiosk.status.connection, place).toBe('no-uplink')
		await kiosk.stop()
	}
	expect(process.memoryUsage().rss - before).toBeLessThan(96 * megabyte)
})

test('an honest uplink whose files are replaced while the kiosk runs is gone from the display after 30 s', async () => {
	const directory = await temporaryFolder()
	const uplink = join(directory, 'uplink')
	const clock = new SimulatedClock()
	await postState(uplink, { device: signer.kid, connected: true })
	const kiosk = await HandledKiosk.start({ directory, signer, centre, clock })
	expect(kiosk.kiosk.status.connection).toBe('online')
	// A file that is written to without end, and never says that anybody lives.
	writeFileSync(join(uplink, 'receipts.jws'), 'A'.repeat(megabyte))
	await clock.advance(29_000)
	utimesSync(join(uplink, 'receipts.jws'), 1, 1)
	await clock.advance(2_000)
	await vi.waitUntil(
		async () => {
			await clock.advance(1_000)
			return kiosk.kiosk.status.connection === 'no-uplink'
		},
		{ timeout: 60_000 },
	)
	await kiosk.stop()
})
