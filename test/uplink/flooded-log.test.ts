/** A broker that sends without end what proves nothing: the uplink's log stays short, and counts all of it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { type Station, stationOfTest } from '../support/uplink-station.js'

const hour = 3_600_000

let station: Station

beforeEach(async () => {
	station = await stationOfTest()
})

test('forged and replayed receipts and orders: a line at once, and one for all the others', async () => {
	await station.journal.boot()
	await station.startCentral()
	const uplink = await station.startUplink(station.broker, { repeatedEveryMs: hour })
	await station.until(() => uplink.complete === 1)
	const { publish } = await station.listen()
	const genuine = readFileSync(join(station.uplinkDirectory, 'receipts.jws'), 'utf8').trim()
	const before = station.uplinkEvents.length
	for (let index = 0; index < 100; index++) {
		await publish('testigo/v1/kiosk-1/receipt', 'no receipt')
		await publish('testigo/v1/kiosk-1/receipt', `${genuine.slice(0, -86)}${'A'.repeat(86)}`)
		await publish('testigo/v1/kiosk-1/receipt', genuine)
		await publish('testigo/v1/kiosk-1/control', 'no order')
	}
	// All that came before this one has been dealt with when it is answered.
	await station.journal.boot()
	await station.until(() => uplink.complete === 2)
	await uplink.stop()

	const told = station.uplinkEvents.slice(before).flatMap((event) => {
		if (event.event === 'receipt') return event.seq === 1 ? [['receipt', event.times]] : []
		if (event.event !== 'receipt-refused' && event.event !== 'command-refused') return []
		return [[`${event.event} ${event.fault.code}`, event.times]]
	})
	expect(told.toSorted()).toEqual([
		['command-refused not-a-jws', 1],
		['command-refused not-a-jws', 99],
		['receipt', 1],
		['receipt', 99],
		['receipt-refused bad-signature', 1],
		['receipt-refused bad-signature', 99],
		['receipt-refused not-a-jws', 1],
		['receipt-refused not-a-jws', 99],
	])
})
