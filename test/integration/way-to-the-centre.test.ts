/** Uplink and centre through a real broker: the same for every broker, asserted by what was delivered. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { openEntry } from '#src/evidence/entry.js'
import { openReceipt, type Receipt, signReceipt } from '#src/evidence/receipt.js'
import type { Signer } from '#src/evidence/signer.js'
import { readUplinkState } from '#src/handover/uplink-state.js'
import { EmbeddedBroker } from '#src/simulator/embedded-broker.js'
import { someBytes } from '../support/journal-maker.js'
import { ledgerSummary } from '../support/ledger-summary.ts'
import { freePort, Mosquitto, withoutMosquitto } from '../support/mosquitto.ts'
import { receiptFor } from '../support/receipts.ts'
import { makeSigner } from '../support/test-identity.ts'
import { Station } from '../support/uplink-station.js'

/** The ids of the device's entries in the ledger, in order. */
function ledgerIds(station: Station): string[] {
	const identity = station.journal.identity
	return station.ledger().flatMap((line) => {
		const opened = openEntry(line, identity)
		return opened.ok ? [opened.value.id] : []
	})
}

function journalIds(station: Station): string[] {
	return station.journal.entries.map(({ id }) => id)
}

/** The codes of the receipts that the uplink refused, each as often as it was refused. */
function refusals(station: Station): string[] {
	return station.uplinkEvents.flatMap((event) =>
		event.event === 'receipt-refused'
			? Array.from<string>({ length: event.times }).fill(event.fault.code)
			: [],
	)
}

async function aedes() {
	const broker = new EmbeddedBroker()
	await broker.start()
	return { url: broker.url, end: () => broker.stop() }
}

async function mosquitto() {
	const broker = new Mosquitto(await freePort())
	await broker.up()
	return { url: broker.url, end: () => broker.clear() }
}

describe.each([
	{ name: 'aedes', protocol: '3.1.1', without: null, make: aedes },
	{ name: 'mosquitto', protocol: '5', without: withoutMosquitto, make: mosquitto },
] as const)('through $name, MQTT $protocol', ({ protocol, without, make }) => {
	if (without !== null) return test.skip(without, () => {})
	let station: Station

	beforeEach(async () => {
		const { url, end } = await make()
		station = new Station(url, protocol)
		onTestFinished(async () => {
			await station.stop()
			await end()
		})
	})

	test('entries and files of several chunks arrive, each once, and receipts come home', async () => {
		await station.journal.boot()
		await station.record(20, 250_000, 1_000)
		await station.journal.acta(null, [someBytes(200_000, 77)])
		const { uplink } = await station.startBoth()

		expect(uplink.received).toBe(22)
		expect(station.missingFiles()).toEqual([])
		expect(ledgerIds(station)).toEqual(journalIds(station))
		expect(await ledgerSummary(station.centralDirectory)).toMatchObject({
			tables: 20,
			votes: 600,
			conflicts: [],
			unread: [{ seq: 22 }],
		})
		await station.stopBoth()
		// Each receipt that counted is one that the centre keeps too.
		const ledger = new Set(station.ledger())
		const receipts = readFileSync(join(station.uplinkDirectory, 'receipts.jws'), 'utf8').trimEnd().split('\n')
		expect(receipts.length).toBeGreaterThanOrEqual(22)
		for (const receipt of receipts) {
			const opened = openReceipt(receipt, station.centreSigner)
			expect(opened.ok).toBe(true)
			expect(ledger.has(receipt) || (opened.ok && opened.value.receipt.status === 'duplicate')).toBe(true)
		}
		// The stranger's check, written by other hands than the ledger.
		const audit = await auditLedger(station.centralDirectory)
		expect(audit).toMatchObject({
			ok: true,
			value: { entries: 22, actas: 20, faults: [], images: { present: 41 } },
		})
		const state = await readUplinkState(join(station.uplinkDirectory, 'state.json'))
		expect(state).toMatchObject({ ok: true, value: { device: 'kiosk-1', imagesUpto: 22, setAsideCount: 0 } })
		const latest = state.ok ? (state.value.latestReceipt ?? '') : ''
		expect(openReceipt(latest, station.centreSigner)).toMatchObject({
			ok: true,
			value: { receipt: { upto: { seq: 22, id: station.journal.entries[21]?.id } } },
		})
	})

	test.each(['lost', 'empty', 'garbage'])('a state that is %s only means sending again', async (what) => {
		await station.record(4, 1_000, 1_000)
		await (await station.startBoth()).uplink.stop()
		const path = join(station.uplinkDirectory, 'state.json')
		if (what === 'lost') rmSync(path)
		else writeFileSync(path, what === 'empty' ? '' : '{"v":1,"latestReceipt":7')
		const uplink = await station.startUplink()
		await station.until(() => uplink.complete === 4)
		expect(ledgerIds(station).sort()).toEqual(journalIds(station).sort())
		expect(existsSync(`${path}.broken`)).toBe(what !== 'lost')
	})

	test('an unknown device is told so, and its entries are taken once it is enrolled', async () => {
		await station.record(3, 1_000, 1_000)
		const pem = join(station.centralDirectory, 'devices', 'kiosk-1.pem')
		rmSync(pem)
		await station.startCentral()
		const uplink = await station.startUplink()
		await station.logged('receipt', { reason: 'unknown-device' })
		expect(station.ledger()).toEqual([])
		station.enrol()
		await station.until(() => uplink.complete === 3)
		expect(ledgerIds(station).sort()).toEqual(journalIds(station).sort())
	})

	test('forged and foreign receipts count for nothing', async () => {
		await station.record(3, 1_000, 1_000)
		const { publish } = await station.listen()
		const uplink = await station.startUplink()
		await station.logged('connected')

		const ids = journalIds(station)
		const honest = receiptFor('kiosk-1', { seq: 3, id: ids[2] ?? '' })
		const forged: [string, Receipt, Signer][] = [
			['bad-signature', honest, makeSigner('centro')],
			['other-entry', { ...honest, seq: 99 }, station.centreSigner],
			['wrong-upto', { ...honest, upto: { seq: 4, id: ids[2] ?? '' } }, station.centreSigner],
		]
		const refused = () => refusals(station)
		for (const [index, [, receipt, signer]] of forged.entries()) {
			await publish('testigo/v1/kiosk-1/receipt', (await signReceipt(receipt, signer)).text)
			await station.until(() => refused().length > index)
		}
		await publish('testigo/v1/kiosk-1/receipt', 'hello')
		await station.until(() => refused().length > forged.length)
		expect(refused()).toEqual([...forged.map(([code]) => code), 'not-a-jws'])
		expect(uplink.received).toBe(0)
		expect(uplink.complete).toBe(0)
		expect(readFileSync(join(station.uplinkDirectory, 'receipts.jws'), 'utf8')).toBe('')

		// The same receipt, honestly signed: the refusals above were not for another reason.
		await publish('testigo/v1/kiosk-1/receipt', (await signReceipt(honest, station.centreSigner)).text)
		await station.until(() => uplink.received === 3)
	})

	test('hostile messages to the centre are answered or dropped, and leave nothing behind', async () => {
		await station.journal.boot()
		const { central } = await station.startBoth()
		const { publish } = await station.listen()
		const before = station.ledger()

		const [first] = station.journal.entries
		const text = first?.text ?? ''
		const rejected = () => {
			return station.centralEvents.flatMap((event) => (event.event === 'rejected' ? [event.reason] : []))
		}
		const hostile: [string, string, string][] = [
			['unknown-device', 'testigo/v1/kiosk-9/entry/1', text],
			['not-a-jws', 'testigo/v1/kiosk-1/entry/1', ''],
			['unwanted-file', `testigo/v1/kiosk-1/image/${'0'.repeat(64)}/0`, 'bytes that nobody named'],
			['status-refused', 'testigo/v1/kiosk-1/status', '{"v":1}'],
			['head-refused', 'testigo/v1/kiosk-1/head', text],
		]
		for (const [index, [reason, topic, payload]] of hostile.entries()) {
			await publish(topic, payload)
			await station.until(() => rejected().length > index)
			expect(rejected().at(-1)).toBe(reason)
		}
		// A replay is known as one and changes nothing.
		await publish('testigo/v1/kiosk-1/entry/1', text)
		await station.logged('duplicate')
		expect(station.ledger()).toEqual(before)
		expect(central.devices()).toMatchObject([{ device: 'kiosk-1', entries: 1, upto: 1 }])
	})

	test('a device that was rolled back is shown what the centre holds, before it signs a seq again', async () => {
		await station.record(2, 1_000, 1_000)
		await (await station.startBoth()).uplink.stop()
		const journal = join(station.journal.directory, 'entries.jws')
		const copies = [journal, join(station.uplinkDirectory, 'state.json')].map((path) => ({
			path,
			bytes: readFileSync(path),
		}))
		await station.record(1, 1_000, 1_000)
		const second = await station.startUplink()
		await station.until(() => second.complete === 3)
		await second.stop()
		for (const { path, bytes } of copies) writeFileSync(path, bytes)
		rmSync(join(station.uplinkDirectory, 'receipts.jws'))

		// Nothing is there to be sent, so nothing but the status tells the centre how little the journal holds.
		const third = await station.startUplink()
		const contrary = async () => {
			const state = await readUplinkState(join(station.uplinkDirectory, 'state.json'))
			return state.ok ? state.value.contrary : null
		}
		await vi.waitUntil(async () => (await contrary()) !== null, { timeout: 120_000 })
		expect(openReceipt((await contrary()) ?? '', station.centreSigner)).toMatchObject({
			ok: true,
			value: { receipt: { device: 'kiosk-1', seq: 3, entry: station.journal.entries[2]?.id } },
		})
		expect(third.received).toBe(2)
		expect(ledgerIds(station)).toEqual(journalIds(station))
	})

	test('without anything retained: a centre that comes later hears how a kiosk is, and that its uplink is gone', async () => {
		await station.journal.boot()
		const uplink = await station.startUplink()
		await station.logged('connected')
		const central = await station.startCentral()
		await station.until(() => central.devices().some(({ upto }) => upto === 1))
		await station.logged('status')
		await uplink.stop()
		await station.logged('status', { state: 'offline' })
		const gone = [
			{ device: 'kiosk-1', status: { state: 'offline', v: 1 }, heard: expect.stringMatching(/Z$/) },
		]
		expect(central.devices()).toMatchObject(gone)
		await central.stop()
		expect((await station.startCentral()).devices()).toMatchObject(gone)
	})
})
