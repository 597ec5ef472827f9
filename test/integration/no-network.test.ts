/** No network from the very first start: the kiosk works all the same, and all is sent when the broker appears. */
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { readUplinkState } from '#src/handover/uplink-state.js'
import { journalSummary } from '#src/journal/journal-summary.js'
import { inDirectory } from '../support/in-directory.ts'
import { withoutMosquitto } from '../support/mosquitto.ts'
import { testigo } from '../support/processes.ts'
import { Stations } from '../support/stations.ts'

const title = 'the kiosk records without a network and publishes when the broker appears'
if (withoutMosquitto !== null) {
	test.skip(`${title}: ${withoutMosquitto}`, () => {})
} else {
	test(title, { timeout: 120_000 }, () =>
		inDirectory(async (directory) => {
			const stations = new Stations(directory)
			const end = { timeout: 120_000, interval: 100 }
			await stations.enrol()
			try {
				for (const name of ['kiosk', 'uplink', 'central'] as const) await stations.start(name)
				await stations.layActas(3)
				const state = () => readUplinkState(join(stations.uplink, 'state.json'))
				await vi.waitUntil(async () => (await journalSummary(stations.journal))?.actas === 3, end)
				await vi.waitUntil(async () => (await state()).ok, end)
				const status = async () => {
					const places = ['--journal', stations.journal, '--uplink', stations.uplink]
					return JSON.parse((await testigo('status', ...places, '--json')).out)
				}
				expect(await status()).toMatchObject({
					...{ entries: 4, actas: 3, received: 0, waiting: 4, uplink: { connected: false } },
				})

				await stations.start('mosquitto')
				await vi.waitUntil(async () => {
					const read = await state()
					return read.ok && read.value.imagesUpto === 4
				}, end)
				await vi.waitUntil(() => stations.log('kiosk').includes('"event":"received","upto":4'), end)
				expect(await status()).toMatchObject({ received: 4, waiting: 0, uplink: { connected: true } })
			} finally {
				await stations.stop()
			}
		}),
	)
}
