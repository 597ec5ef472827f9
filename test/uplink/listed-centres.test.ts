/** The authority's list of centres comes through a real broker, and with it a centre that was robbed of its key goes. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { CentreList, digestOfText } from '#src/evidence/authority/centre-list.js'
import { signControl } from '#src/evidence/control.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { readUplinkState } from '#src/handover/uplink-state.js'
import { goneBy, listOf } from '../support/centres.ts'
import { gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'
import { type Station, stationOfTest } from '../support/uplink-station.ts'

const authority = makeSigner('a-authority')
const second = makeSigner('c-second')
let station: Station
/** The uplink's. */
let list: CentreList

beforeEach(async () => {
	station = await stationOfTest()
	list = new CentreList(authority.publicKey, station.centreSigner)
	writeFileSync(join(station.centralDirectory, 'authority.pem'), publicKeyPem(authority.publicKey))
})

/** As the operator puts it there. */
const operatorBrings = (text: string) =>
	writeFileSync(join(station.centralDirectory, 'devices', 'centres.jws'), `${text}\n`)
const left = () => readFileSync(join(station.uplinkDirectory, 'centres.jws'), 'utf8')
const startUplink = () => station.startUplink(station.broker, { centres: list })
const state = async () => gotten(await readUplinkState(join(station.uplinkDirectory, 'state.json')))
/** Who signed what is kept. */
const kept = () => readFileSync(join(station.uplinkDirectory, 'receipts.jws'), 'utf8').trimEnd().split('\n')
const signers = () => new Set(kept().map(kidOf))
const writtenBy = (issue: number) =>
	station.until(
		() => JSON.parse(readFileSync(join(station.uplinkDirectory, 'state.json'), 'utf8')).centres === issue,
	)

test('a centre gives its list to a device that has none, which keeps it where the kiosk looks', async () => {
	const text = await listOf(authority, 1, [station.centreSigner])
	operatorBrings(text)
	await station.record(2, 10_000)
	await station.startCentral()
	const uplink = await startUplink()
	await station.logged('centres', { issue: 1 })
	await station.until(() => uplink.complete === station.journal.entries.length && list.issue === 1)
	expect(left()).toBe(`${text}\n`)
	// A newer one while both run: within a second the centre has it, and with its next status the device.
	const newer = await listOf(authority, 2, [station.centreSigner, second])
	operatorBrings(newer)
	await station.until(() => list.issue === 2)
	expect(uplink.complete).toBe(station.journal.entries.length)
	await writtenBy(2)
})

test('a revoked centre: what it received is not received, and all goes anew to the one that is listed', async () => {
	await station.record(3, 10_000)
	const { uplink } = await station.startBoth()
	const entries = station.journal.entries.length
	expect(uplink.received).toBe(entries)
	await station.central?.stop()
	copyFileSync(join(station.centralDirectory, 'ledger.jws'), join(station.root, 'before.jws'))
	const text = await listOf(authority, 2, [second], goneBy(station.centreSigner))
	operatorBrings(text)
	const robbed = station.centreSigner
	await uplink.stop()
	station.uplinkEvents = []
	// The new centre goes on in the ledger of the one before.
	await station.startCentral(second)
	const next = await startUplink()
	await writtenBy(2)
	await station.until(
		() => signers().has(second.kid) && next.complete === entries && next.received === entries,
	)
	expect(signers()).toEqual(new Set([robbed.kid, second.kid]))
	const { publish } = await station.listen()
	const time = '2026-11-23T12:00:00Z'
	const ledger = 'A'.repeat(22)
	const order = { v: 1 as const, device: 'kiosk-1', verb: 'resend' as const, from: 1, ledger, time }
	await publish('testigo/v1/kiosk-1/control', (await signControl(order, robbed)).text)
	await publish('testigo/v1/kiosk-1/receipt', kept().find((one) => kidOf(one) === robbed.kid) ?? '')
	await station.logged('command-refused')
	await station.logged('receipt-refused')
	await station.stopBoth()
	const refused = station.uplinkEvents.flatMap((event) =>
		event.event === 'command-refused' || event.event === 'receipt-refused' ? [event.fault.code] : [],
	)
	expect(new Set(refused)).toEqual(new Set(['wrong-centre']))
	const { latestReceipt, resentTo } = await state()
	expect([kidOf(latestReceipt ?? ''), resentTo]).toEqual([second.kid, []])
})

test('a newer list is named and not here: receipts are kept, and count when it comes', async () => {
	const text = await listOf(authority, 1, [station.centreSigner])
	gotten(list.expect({ issue: 1, sha256: digestOfText(text) }))
	await station.record(1, 1_000)
	await station.startCentral()
	const uplink = await startUplink()
	await station.logged('receipt-refused')
	expect(uplink.received).toBe(0)
	operatorBrings(text)
	await station.until(() => uplink.complete === station.journal.entries.length)
	expect(list.awaited).toBeNull()
	await station.stopBoth()
})

test('a centre that does not stand in the list says so', async () => {
	operatorBrings(await listOf(authority, 1, [second]))
	await station.startCentral()
	await station.logged('not-listed', { id: station.centreSigner.kid, issue: 1 })
	await station.stopBoth()
})

function kidOf(text: string): string {
	return JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()).kid
}
