/** A centre that lost its disk: it asks for everything again, and gets it, its own receipts included. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { openReceipt } from '#src/evidence/receipt.js'
import { EmbeddedBroker } from '#src/simulator/broker.js'
import { actaText, someBytes } from '../support/journal-maker.js'
import { Station } from '../support/uplink-station.js'

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

function lines(path: string): string[] {
	return readFileSync(path, 'utf8').split('\n').slice(0, -1)
}

const ledger = () => join(station.centralDirectory, 'ledger.jws')

function idsOfReceipts(texts: readonly string[]): string[] {
	return texts.flatMap((text) => {
		const opened = openReceipt(text, station.centreSigner)
		return opened.ok ? [opened.value.id] : []
	})
}

/**
 * The receipts that the uplink keeps, when there is one at least for each of so many entries. The ledger has others,
 * which said what a later one that overtook them had said already.
 */
async function kept(entries: number): Promise<string[]> {
	const texts = () => lines(join(station.uplinkDirectory, 'receipts.jws'))
	await station.until(() => texts().length >= entries)
	return texts()
}

async function record(from: number, to: number): Promise<void> {
	for (let table = from; table <= to; table++) {
		await station.journal.acta(actaText(table), [someBytes(120_000, table)])
	}
}

/** Everything but the keys of the devices: the operator has them. */
function loseDisk(): void {
	for (const name of ['ledger.jws', 'ledger.json', 'heads.jws', 'images', 'incoming']) {
		rmSync(join(station.centralDirectory, name), { recursive: true, force: true })
	}
}

function count(event: string): number {
	return [...station.uplinkEvents, ...station.centralEvents]
		.filter((told) => told.event === event)
		.reduce((sum, told) => sum + ('times' in told ? told.times : 1), 0)
}

async function wholeAgain(entries: number, receipts: readonly string[]): Promise<void> {
	await station.until(() => {
		const held = new Set(idsOfReceipts(lines(ledger())))
		const devices = station.central?.devices() ?? []
		return (
			devices.some(({ upto }) => upto === entries) &&
			station.missingFiles().length === 0 &&
			receipts.every((id) => held.has(id))
		)
	})
	await station.until(() => station.uplink?.complete === entries)
}

test('all comes back by itself: entries, files, and the receipts that it had signed', async () => {
	await record(1, 12)
	await station.startCentral()
	const uplink = await station.startUplink()
	await station.until(() => uplink.complete === 12)
	await station.central?.stop()
	const signed = idsOfReceipts(await kept(12))

	loseDisk()
	const bystander = await station.listen()
	await station.startCentral()
	await wholeAgain(12, signed)
	await station.until(() =>
		readFileSync(join(station.uplinkDirectory, 'state.json'), 'utf8').includes('"returning": null'),
	)
	expect(count('resend')).toBe(1)
	// A receipt tells no less than before: what was received stays received.
	expect(uplink.received).toBe(12)

	// The same order once more, and once more after a restart: a replay moves nothing.
	const [order = ''] = bystander.orders
	for (const restarted of [false, true]) {
		if (restarted) {
			await station.uplink?.stop()
			await station.startUplink()
			await station.until(() => count('connected') >= 4)
		}
		const refused = count('command-refused')
		await bystander.publish('testigo/v1/kiosk-1/control', order)
		await station.until(() => count('command-refused') > refused)
	}
	expect(count('resend')).toBe(1)
	await station.stopBoth()
	const audit = await auditLedger(station.centralDirectory)
	expect(audit).toMatchObject({ ok: true, value: { entries: 12, faults: [], images: { present: 12 } } })
	// Each entry and each receipt stands there once.
	const all = lines(ledger())
	expect(new Set(all).size).toBe(all.length)
})

test('a resend that is cut short by restarts of both sides goes on where it was', async () => {
	await record(1, 12)
	await station.startCentral()
	const before = await station.startUplink()
	await station.until(() => before.complete === 12)
	await station.central?.stop()
	const signed = idsOfReceipts(await kept(12))
	loseDisk()
	for (const held of [1, 6, 12]) {
		await station.startCentral()
		await station.until(() => (station.central?.devices()[0]?.upto ?? 0) >= held)
		await station.stopBoth()
		await station.startUplink()
	}
	await station.startCentral()
	await wholeAgain(12, signed)
	await station.stopBoth()
	expect(await auditLedger(station.centralDirectory)).toMatchObject({ ok: true, value: { faults: [] } })
})

test('a ledger restored from an older copy gets the rest, and by --ask-again everything', async () => {
	await record(1, 3)
	await station.startCentral()
	const uplink = await station.startUplink()
	await station.until(() => uplink.complete === 3)
	await station.central?.stop()
	const copy = readFileSync(ledger())
	await station.startCentral()
	await record(4, 6)
	await station.until(() => uplink.complete === 6)
	await station.central?.stop()
	const signed = idsOfReceipts(await kept(6))

	writeFileSync(ledger(), copy)
	await station.startCentral(station.centreSigner, true)
	await wholeAgain(6, signed)
	await station.stopBoth()
	expect(await auditLedger(station.centralDirectory)).toMatchObject({ ok: true, value: { faults: [] } })
})

test('a receipt of the lost ledger, replayed, does not pass for one of the new', async () => {
	await record(1, 4)
	await station.startCentral()
	const uplink = await station.startUplink()
	await station.until(() => uplink.complete === 4)
	await station.central?.stop()
	const old = await kept(4)
	const bystander = await station.listen()
	loseDisk()
	await station.startCentral()
	await station.until(() => bystander.orders.length > 0 && count('resend') === 1)
	await station.central?.stop()
	loseDisk()
	const seen = count('receipt')
	for (const text of old) await bystander.publish('testigo/v1/kiosk-1/receipt', text)
	await station.until(() => count('receipt') >= seen + old.length)
	expect(uplink.complete).toBeLessThan(4)
	await station.startCentral()
	await wholeAgain(4, idsOfReceipts(old))
})

test('a forged order, and one to another device, move nothing', async () => {
	await record(1, 2)
	await station.startCentral()
	const uplink = await station.startUplink()
	await station.until(() => uplink.complete === 2)
	const bystander = await station.listen()
	const { signControl } = await import('#src/evidence/control.js')
	const order = {
		v: 1 as const,
		device: 'kiosk-1',
		verb: 'resend' as const,
		from: 1,
		ledger: 'A'.repeat(22),
		time: '2024-07-28T18:00:00Z',
	}
	const forged = [
		(await signControl(order, station.journal.signer)).text,
		(await signControl({ ...order, device: 'kiosk-2' }, station.centreSigner)).text,
		'hello',
	]
	for (const [index, text] of forged.entries()) {
		await bystander.publish('testigo/v1/kiosk-1/control', text)
		await station.until(() => count('command-refused') > index)
	}
	expect(
		station.uplinkEvents.flatMap((told) => (told.event === 'command-refused' ? [told.fault.code] : [])),
	).toEqual(['bad-signature', 'other-device', 'not-a-jws'])
	expect(uplink.complete).toBe(2)
	expect(count('resend')).toBe(0)
})

test('receipts that come back are taken only when they are ours and what they say is true here', async () => {
	await record(1, 2)
	await station.startCentral()
	const uplink = await station.startUplink()
	await station.until(() => uplink.complete === 2)
	const before = readFileSync(ledger(), 'utf8')
	const bystander = await station.listen()
	const { signReceipt } = await import('#src/evidence/receipt.js')
	const opened = openReceipt(lines(ledger()).at(-1) ?? '', station.centreSigner)
	if (!opened.ok) throw new Error('no receipt at the end of the ledger')
	const { receipt } = opened.value
	const nowhere = 'A'.repeat(43)
	const bad = [
		(await signReceipt(receipt, station.journal.signer)).text,
		(await signReceipt({ ...receipt, entry: nowhere }, station.centreSigner)).text,
		(await signReceipt({ ...receipt, upto: { seq: 2, id: nowhere } }, station.centreSigner)).text,
		(await signReceipt({ ...receipt, upto: { seq: 9, id: nowhere } }, station.centreSigner)).text,
		(
			await signReceipt(
				{ ...receipt, images: [{ sha256: '0'.repeat(64), status: 'stored', missing: [] }] },
				station.centreSigner,
			)
		).text,
		(await signReceipt({ ...receipt, status: 'rejected', reason: 'x' }, station.centreSigner)).text,
		opened.value.text,
	]
	for (const text of bad) await bystander.publish('testigo/v1/kiosk-1/returned', text)
	// Told at the 1st, 2nd and 4th of a kind; the last one is a receipt that the ledger holds: nothing new.
	await station.until(
		() =>
			station.centralEvents.some((told) => told.event === 'rejected' && told.reason === 'returned-refused') &&
			station.centralEvents.some(
				(told) => told.event === 'rejected' && told.reason === 'returned-unfounded' && told.count === 4,
			),
	)
	await station.journal.boot()
	await station.until(() => uplink.complete === 3)
	expect(readFileSync(ledger(), 'utf8').startsWith(before)).toBe(true)
	expect(count('receipt-returned')).toBe(0)
})
