/** The uplink with a real centre and broker, where the journal or the broker does what is rare. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { signHead } from '#src/evidence/head.js'
import { signReceipt } from '#src/evidence/receipt.js'
import { storeHead } from '#src/journal/head-file.js'
import { type Clock, systemClock } from '#src/platform/clock.js'
import { actaText, someBytes } from '../support/journal-maker.ts'
import { receiptFor } from '../support/receipts.ts'
import { type Station, stationOfTest } from '../support/uplink-station.ts'

let station: Station

beforeEach(async () => {
	station = await stationOfTest()
})

/** A broker that sends without end what proves nothing: the log stays short, and counts all of it. */
test('forged and replayed receipts and orders: a line at once, and one for all the others', async () => {
	await station.journal.boot()
	await station.startCentral()
	const uplink = await station.startUplink(station.broker, { repeatedEveryMs: 3_600_000 })
	await station.until(() => uplink.complete === 1)
	const { publish } = await station.listen()
	const receipts = join(station.uplinkDirectory, 'receipts.jws')
	await station.until(() => readFileSync(receipts, 'utf8').endsWith('\n'))
	const [genuine = ''] = readFileSync(receipts, 'utf8').split('\n')
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
		// On a busy machine the entry is sent again before its receipt is here, and answered as a duplicate.
		if (event.event === 'receipt')
			return event.seq === 1 && event.status === 'stored' ? [['receipt', event.times]] : []
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

test('a head that is signed after everything was received comes to the centre, and once', async () => {
	await station.startCentral()
	const uplink = await station.startUplink()
	await station.journal.boot()
	await station.until(() => uplink.received === 1)
	const last = station.journal.entries.at(-1)
	if (last === undefined) throw new Error('nothing was recorded')
	const { signer, directory } = station.journal
	const position = { device: signer.kid, seq: 1, id: last.id }
	const head = await signHead({ v: 2, ...position, receipts: 1, day: '2024-07-28' }, signer)
	await storeHead(directory, head)
	const heads = join(station.centralDirectory, 'heads.jws')
	// It is logged when it is on the disk.
	await station.logged('head', { device: signer.kid, seq: 1 })
	expect(readFileSync(heads, 'utf8')).toBe(`${head.text}\n`)
	// On another connection it is published again, which changes nothing.
	await station.stopBoth()
	await station.startCentral()
	const again = await station.startUplink()
	await station.journal.boot()
	await station.until(() => again.received === 2)
	await station.stopBoth()
	expect(readFileSync(heads, 'utf8')).toBe(`${head.text}\n`)
})

test('a receipt of several entries answers each: what it holds whole is not sent or asked for again', async () => {
	for (const table of [1, 2, 3]) await station.journal.acta(actaText(table), [someBytes(1_000, table)])
	const [first, second, third] = station.journal.entries.map(({ entry, id }) => ({
		...{ seq: entry.seq, entry: id, status: 'stored' as const },
		images:
			entry.kind === 'acta'
				? entry.images.map(({ sha256 }) => ({ sha256, status: 'stored' as const, missing: [] }))
				: [],
	}))
	if (first === undefined || second === undefined || third === undefined)
		throw new Error('nothing was recorded')
	const { publish, entries } = await station.listen()
	const uplink = await station.startUplink()
	await station.until(() => entries.size === 3)
	const position = { seq: third.seq, id: third.entry }
	const conflict = { ...second, status: 'conflict' as const, reason: 'seq-taken' }
	const more = { images: third.images, also: [first, conflict] }
	const { text } = await signReceipt(receiptFor('kiosk-1', position, more), station.centreSigner)
	await publish('testigo/v1/kiosk-1/receipt', text)
	await station.until(() => uplink.complete === 3)
	await uplink.stop()
	const state = JSON.parse(readFileSync(join(station.uplinkDirectory, 'state.json'), 'utf8'))
	expect(state).toMatchObject({ latestReceipt: text, conflicts: [2], entriesUpto: 3, imagesUpto: 3 })
	expect(readFileSync(join(station.uplinkDirectory, 'receipts.jws'), 'utf8')).toBe(`${text}\n`)
})

/** Timers of a real system ring a little early, and time passes between two looks at the clock; here more of both. */
function hurriedClock(): Clock {
	let looks = 0
	return {
		wall: systemClock.wall,
		monotonic: () => systemClock.monotonic() + looks++ * 30,
		after: (milliseconds, action) => systemClock.after(Math.max(0, milliseconds - 50), action),
	}
}

test('an entry without a receipt is sent again and again, also by timers that ring a little early', async () => {
	await station.journal.boot()
	const bystander = await station.listen()
	await station.startUplink(station.broker, { clock: hurriedClock() })
	await station.until(() => bystander.messages >= 5)
	expect(bystander.entries).toEqual(new Set([1]))
})
