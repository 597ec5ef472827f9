import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEntry } from '#src/evidence/entry.js'
import { openReceipt } from '#src/evidence/receipt.js'
import { EmbeddedBroker } from '#src/simulator/broker.js'
import { readUplinkState } from '#src/uplink/uplink-state.js'
import { actaText, identityOf, someBytes } from './journal-maker.js'
import { Station } from './station.js'

let broker: EmbeddedBroker
let station: Station

beforeEach(async () => {
	broker = new EmbeddedBroker()
	await broker.start()
	station = new Station(broker.url)
})

afterEach(async () => {
	await station.stop()
	await broker.stop()
})

test('entries and images over several chunks arrive, each once, and receipts come home', async () => {
	const { journal } = station
	await journal.boot()
	for (let table = 1; table <= 20; table++) {
		await journal.acta(actaText(table), [someBytes(250_000, table), someBytes(1_000, 100 + table)])
	}
	await station.startCentral()
	const uplink = await station.startUplink()
	await station.until(() => uplink.complete === 21)

	expect(uplink.received).toBe(21)
	expect(station.missingFiles()).toEqual([])
	const lines = readFileSync(join(station.centralDirectory, 'ledger.jws'), 'utf8').trimEnd().split('\n')
	const entries = lines.map((line) => openEntry(line, journal.identity)).filter(({ ok }) => ok)
	expect(entries.map((opened) => opened.ok && opened.value.id)).toEqual(journal.entries.map(({ id }) => id))
	const receipts = readFileSync(join(station.uplinkDirectory, 'receipts.jws'), 'utf8').trimEnd().split('\n')
	for (const receipt of receipts) {
		expect(openReceipt(receipt, identityOf(station.centreSigner)).ok).toBe(true)
		expect(lines).toContain(receipt)
	}
	await uplink.stop()
	const state = await readUplinkState(join(station.uplinkDirectory, 'state.json'))
	expect(state).toMatchObject({ ok: true, value: { device: 'kiosk-1', imagesUpto: 21, setAsideCount: 0 } })
	expect(station.central?.tally()).toMatchObject({ tables: 20, votes: 600, conflicts: [], unread: [] })
})
