/** Uplink and centre through a real broker: the same for every broker, asserted by what was delivered. */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { type Entry, openEntry, signEntry } from '#src/evidence/entry.js'
import { openReceipt, type Receipt, signReceipt } from '#src/evidence/receipt.js'
import type { Signer } from '#src/evidence/signer.js'
import { readUplinkState } from '#src/handover/uplink-state.js'
import { Broker } from '#src/platform/mqtt/broker.js'
import { EmbeddedBroker } from '#src/simulator/embedded-broker.js'
import { someBytes } from '../support/journal-maker.js'
import { type BrokerOfTest, freePort, Mosquitto, withoutMosquitto } from '../support/mosquitto.ts'
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

/** aedes, whose port stays while it is down. */
async function aedes(): Promise<BrokerOfTest> {
	const port = await freePort()
	let embedded: EmbeddedBroker | undefined
	const down = async () => embedded?.stop()
	return {
		url: `mqtt://127.0.0.1:${port}`,
		async up() {
			embedded = new EmbeddedBroker(port)
			await embedded.start()
		},
		down,
		clear: down,
	}
}

describe.each([
	{ name: 'aedes', protocol: '3.1.1', without: null, make: aedes },
	{
		name: 'mosquitto',
		protocol: '5',
		without: withoutMosquitto,
		make: async () => new Mosquitto(await freePort()),
	},
] as const)('through $name, MQTT $protocol', ({ protocol, without, make }) => {
	if (without !== null) return test.skip(without, () => {})
	let broker: BrokerOfTest
	let station: Station

	beforeEach(async () => {
		broker = await make()
		await broker.up()
		station = new Station(broker.url, protocol)
	})

	afterEach(async () => {
		await station.stop()
		await broker.clear()
	})

	test('entries and files of several chunks arrive, each once, and receipts come home', async () => {
		await station.journal.boot()
		await station.record(20, 250_000, 1_000)
		await station.journal.acta(null, [someBytes(200_000, 77)])
		const { uplink, central } = await station.startBoth()

		expect(uplink.received).toBe(22)
		expect(station.missingFiles()).toEqual([])
		expect(ledgerIds(station)).toEqual(journalIds(station))
		expect(central.tally()).toMatchObject({ tables: 20, votes: 600, conflicts: [], unread: [{ seq: 22 }] })
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

	test('what is recorded while connected goes out at once, and a line half written does not', async () => {
		await station.startCentral()
		const uplink = await station.startUplink()
		await station.journal.boot()
		await station.until(() => uplink.received === 1)
		const next = await station.journal.next({ kind: 'boot' })
		const path = join(station.journal.directory, 'entries.jws')
		appendFileSync(path, next.text.slice(0, 100))
		await station.until(() => uplink.received === 1)
		appendFileSync(path, `${next.text.slice(100)}\n`)
		await station.until(() => uplink.received === 2)
		expect(ledgerIds(station)).toHaveLength(2)
	})

	test('the broker is absent at first, and goes away in the middle', async () => {
		await broker.down()
		await station.record(5, 250_000, 1_000)
		await station.startCentral()
		const uplink = await station.startUplink()
		await station.logged('disconnected')
		expect(uplink.received).toBe(0)
		await broker.up()
		await station.until(() => uplink.received > 0)
		await broker.down()
		await station.record(5, 250_000, 1_000)
		await broker.up()
		await station.until(() => uplink.complete === 10)
		expect(ledgerIds(station).sort()).toEqual(journalIds(station).sort())
		expect(station.missingFiles()).toEqual([])
	})

	test('uplink and centre are started anew in the middle', async () => {
		await station.record(12, 600_000, 1_000)
		await station.startCentral()
		let uplink = await station.startUplink()
		for (const held of [1, 4, 8, 12]) {
			await station.until(() => uplink.received >= held)
			await station.uplink?.stop()
			await station.central?.stop()
			await station.startCentral()
			uplink = await station.startUplink()
		}
		await station.until(() => uplink.complete === 12)
		expect(ledgerIds(station).sort()).toEqual(journalIds(station).sort())
		expect(station.missingFiles()).toEqual([])
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

	test('without a centre nothing counts, and no more than 16 entries are out', async () => {
		await station.record(40, 1_000, 1_000)
		const seen = await station.listen()
		const uplink = await station.startUplink()
		await station.until(() => seen.entries.size === 16)
		expect(uplink.received).toBe(0)
		await station.startCentral()
		await station.until(() => uplink.complete === 40)
		expect(ledgerIds(station).sort()).toEqual(journalIds(station).sort())
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
			['bad-signature', honest, station.journal.signer],
			['other-device', { ...honest, device: 'kiosk-2' }, station.centreSigner],
			['other-entry', { ...honest, entry: ids[1] ?? '' }, station.centreSigner],
			['other-entry', { ...honest, seq: 99 }, station.centreSigner],
			['wrong-upto', { ...honest, upto: { seq: 3, id: ids[0] ?? '' } }, station.centreSigner],
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
		const stranger = makeSigner('kiosk-1')
		const claimed = await signEntry({ ...(first?.entry as Entry), seq: 2 }, stranger)
		const hostile: [string, string, string][] = [
			['bad-signature', 'testigo/v1/kiosk-1/entry/2', claimed.text],
			['topic-mismatch', 'testigo/v1/kiosk-1/entry/7', text],
			['unknown-device', 'testigo/v1/kiosk-9/entry/1', text],
			['too-large', 'testigo/v1/kiosk-1/entry/1', 'x'.repeat(70_000)],
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

	test('a cloned device: both entries are kept, and neither side calls the other received', async () => {
		await station.journal.boot()
		const { uplink } = await station.startBoth()
		const { publish } = await station.listen()
		const clone = await station.journal.next({ kind: 'close' })
		await publish('testigo/v1/kiosk-1/entry/2', clone.text)
		await station.logged('entry', { seq: 2 })
		await station.journal.boot()
		await station.logged('entry', { conflict: 'seq-taken' })
		await station.until(() => refusals(station).includes('wrong-upto'))
		expect(uplink.received).toBe(1)
		expect(ledgerIds(station)).toEqual([...journalIds(station).slice(0, 1), clone.id, journalIds(station)[1]])
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

	test('the status is retained, and the will says that the uplink is gone', async () => {
		await station.journal.boot()
		const uplink = await station.startUplink()
		await station.logged('connected')
		const central = await station.startCentral()
		await station.until(() => central.devices().some(({ upto }) => upto === 1))
		await station.logged('status')
		await uplink.stop()
		await station.logged('status', { state: 'offline' })
		expect(central.devices()).toMatchObject([{ device: 'kiosk-1', status: { state: 'offline', v: 1 } }])
	})

	test('a broker that is not there is a fault logged at each attempt', async () => {
		await station.journal.boot()
		const nowhere = Broker.parse({ url: 'mqtt://127.0.0.1:9' })
		await station.startUplink(nowhere)
		const faults = () => station.uplinkEvents.filter(({ event }) => event === 'disconnected')
		await station.until(() => faults().length >= 3)
		expect(faults()[0]).toMatchObject({ fault: { code: 'unreachable' } })
		expect(readdirSync(station.uplinkDirectory)).toContain('receipts.jws')
	})
})
