import { expect, test, vi } from 'vitest'
import { actaText, someBytes } from '../support/journal-maker.js'
import { ledgerSummary } from '../support/ledger-summary.ts'
import { freePort, Mosquitto, withoutMosquitto } from '../support/mosquitto.ts'
import { testigo } from '../support/processes.ts'
import { Station } from '../support/uplink-station.js'

async function largeAndSmall(limit: string, reason: string): Promise<void> {
	const broker = new Mosquitto(await freePort(), limit)
	await broker.up()
	const station = new Station(broker.url, '5')
	try {
		await station.journal.acta(actaText(1), [someBytes(90_000, 1)])
		for (let table = 2; table <= 10; table++) {
			await station.journal.acta(actaText(table), [someBytes(1_000, table)])
		}
		await station.startCentral()
		const uplink = await station.startUplink()
		await station.until(() => uplink.received === 10 && station.missingFiles().length === 1)
		expect((await ledgerSummary(station.centralDirectory)).tables).toBe(10)
		expect(uplink.complete).toBe(0)
		await station.until(() => uplink.parked.some((waits) => waits.seq === 1 && waits.reason === reason))
		const shown = async () => {
			const { out } = await testigo(
				...['status', '--journal', station.journal.directory, '--uplink', station.uplinkDirectory],
			)
			return out.includes(`set aside   1 (entry 1: ${reason})`)
		}
		await vi.waitUntil(shown, { timeout: 120_000, interval: 200 })
	} finally {
		await station.stop()
		await broker.clear()
	}
}

if (withoutMosquitto !== null) {
	test.skip(`a broker that takes no large messages: ${withoutMosquitto}`, () => {})
} else {
	// Told beforehand by the one, by ending the connection by the other.
	test.each([
		['max_packet_size 60000', 'too-large'],
		['message_size_limit 60000', 'cut-off'],
	])('with %s entries and small files arrive, and the large one is shown', largeAndSmall)
}
