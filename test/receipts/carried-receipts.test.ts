/** Receipts that came home on a stick count for an uplink like those that a broker brought. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { systemClock } from '#src/platform/clock.js'
import { Broker } from '#src/platform/mqtt/broker.js'
import { ok } from '#src/platform/result.js'
import { EmbeddedBroker } from '#src/simulator/embedded-broker.js'
import { exportJournal } from '#src/stick/export.js'
import { importStick } from '#src/stick/import.js'
import { actaText, someBytes } from '../support/journal-maker.ts'
import { type Station, stationOfTest } from '../support/uplink-station.js'

let station: Station

beforeEach(async () => {
	station = await stationOfTest()
})

const carried = () => join(station.uplinkDirectory, 'carried.jws')

/** To the centre and back by stick. */
async function carry(): Promise<void> {
	const stick = join(station.root, 'stick')
	mkdirSync(stick, { recursive: true })
	const home = { centres: onlyCentre(station.centreSigner), directory: station.uplinkDirectory }
	const leave = () => exportJournal({ journal: station.journal.directory, stick, home, anyFolder: true })
	expect(await leave()).toMatchObject({ ok: true })
	const taken = await importStick({
		stick,
		directory: station.centralDirectory,
		signer: async () => ok(station.centreSigner),
		notBefore: 0,
		clock: systemClock,
		random: () => 0.5,
		log: () => {},
	})
	expect(taken).toMatchObject({ ok: true, value: { refusedCount: 0 } })
	expect(await leave()).toMatchObject({ ok: true })
}

test('what went by stick is not sent again, images neither', async () => {
	await station.journal.boot()
	await station.journal.acta(actaText(1), [someBytes(200_000, 1)])
	await carry()
	const bystander = await station.listen()
	const uplink = await station.startUplink()
	expect(uplink.received).toBe(2)
	expect(uplink.complete).toBe(2)
	await station.journal.boot()
	await station.until(() => bystander.entries.has(3))
	expect(bystander.entries).toEqual(new Set([3]))
	await station.startCentral()
	await station.until(() => uplink.complete === 3)
	expect(station.centralEvents.filter(({ event }) => event === 'entry')).toHaveLength(1)
	expect(station.centralEvents.filter(({ event }) => event === 'duplicate')).toEqual([])
})

test('an uplink that runs meanwhile takes them in when it connects again', async () => {
	await station.journal.boot()
	let broker = new EmbeddedBroker()
	await broker.start()
	const uplink = await station.startUplink(Broker.parse({ url: broker.url, protocol: '3.1.1' }))
	await station.journal.acta(actaText(1), [someBytes(2_000, 1)])
	await carry()
	expect(uplink.received).toBe(0)
	const port = Number(new URL(broker.url).port)
	await broker.stop()
	await station.logged('disconnected')
	broker = new EmbeddedBroker(port)
	onTestFinished(() => broker.stop())
	await broker.start()
	await station.until(() => uplink.complete === 2)
	expect(uplink.received).toBe(2)
	expect(station.central).toBeUndefined()
})

test('what was changed in the file counts for nothing', async () => {
	await station.journal.boot()
	await carry()
	const [header, payload] = readFileSync(carried(), 'utf8').split('.')
	writeFileSync(carried(), `${header}.${payload}.${'A'.repeat(86)}\nno receipt\n`)
	const uplink = await station.startUplink()
	expect(uplink.received).toBe(0)
	expect(station.uplinkEvents.filter(({ event }) => event === 'receipt-refused')).toHaveLength(2)
})
