/** The authority's list of centres goes by stick, both ways, and only its signature is believed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { CentreList, digestOfText } from '#src/evidence/authority/centre-list.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { exportJournal } from '#src/stick/export.js'
import { Carried } from '../support/carried.ts'
import { goneBy, listOf } from '../support/centres.ts'
import type { JournalMaker } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const authority = makeSigner('a-authority')
const second = makeSigner('c-second')
let all: Carried
let kiosk: JournalMaker
/** The kiosk's. */
let list: CentreList

beforeEach(async () => {
	all = new Carried(await temporaryFolder())
	kiosk = await all.kiosk('k-one', 2)
	list = new CentreList(authority.publicKey, all.centreSigner)
	writeFileSync(join(all.centre, 'authority.pem'), publicKeyPem(authority.publicKey))
	writeFileSync(join(kiosk.directory, 'authority.pem'), publicKeyPem(authority.publicKey))
})

const exported = async (centres = list) => {
	const home = { centres, directory: all.uplink(kiosk) }
	return gotten(await exportJournal({ journal: kiosk.directory, stick: all.stick, home, anyFolder: true }))
}
const onStick = () => all.onStick('k-one', 'centres.jws')
const beside = () => join(kiosk.directory, 'centres.jws')
const centreHas = (text: string) => writeFileSync(join(all.centre, 'devices', 'centres.jws'), `${text}\n`)

test('from the centre: it lies beside the entries, and what it lists counts at once', async () => {
	await exported()
	expect(existsSync(onStick())).toBe(false)
	const text = await listOf(authority, 1, [all.centreSigner, second])
	centreHas(text)
	gotten(await all.import())
	expect(readFileSync(onStick(), 'utf8')).toBe(`${text}\n`)
	expect(await exported()).toMatchObject({ receipts: { held: 3, upto: 3 }, faults: [] })
	expect([readFileSync(beside(), 'utf8'), list.issue]).toEqual([`${text}\n`, 1])
	// A folder on the stick is checked like the journal.
	expect(readFileSync(all.onStick('k-one', 'authority.pem'), 'utf8')).toContain('PUBLIC KEY')
})

test('from the kiosk: the centre takes it in, and keeps it', async () => {
	const text = await listOf(authority, 3, [all.centreSigner])
	gotten(list.take(text))
	await exported()
	expect(gotten(await all.import())).toMatchObject({ refusedCount: 0 })
	expect(readFileSync(join(all.centre, 'centres.jws'), 'utf8')).toBe(`${text}\n`)
})

test('receipts of a centre that the list revokes are left on the stick', async () => {
	await exported()
	gotten(await all.import())
	gotten(list.take(await listOf(authority, 2, [second], goneBy(all.centreSigner))))
	expect(await exported()).toMatchObject({ receipts: { held: 0, upto: 0 } })
})

test('an older list on the stick is replaced; another one with the number, and a forged one, are said', async () => {
	const newest = await listOf(authority, 5, [all.centreSigner])
	gotten(list.take(newest))
	await exported()
	const codes = []
	for (const text of [
		await listOf(authority, 4, [second]),
		await listOf(authority, 5, [second]),
		await listOf(makeSigner(authority.id), 9, [second]),
	]) {
		writeFileSync(onStick(), `${text}\n`)
		codes.push((await exported()).faults.map(({ code }) => code))
		expect(readFileSync(onStick(), 'utf8')).toBe(`${newest}\n`)
	}
	expect(codes).toEqual([[], ['centres-equivocation'], ['bad-signature']])
	expect(list.issue).toBe(5)
})

test('at the centre too: a forged one, and another one with the number, are refused by name', async () => {
	await exported()
	centreHas(await listOf(authority, 5, [all.centreSigner]))
	for (const [code, text] of [
		['centres-equivocation', await listOf(authority, 5, [second])],
		['bad-signature', await listOf(makeSigner(authority.id), 9, [second])],
	] as const) {
		writeFileSync(onStick(), `${text}\n`)
		expect(gotten(await all.import()).refused).toMatchObject([{ file: 'testigo/k-one/centres.jws', code }])
	}
})

test('while a newer list is named and not here, receipts are taken home and kept; the rest is said', async () => {
	await exported()
	gotten(await all.import())
	const text = await listOf(authority, 1, [all.centreSigner])
	gotten(list.expect({ issue: 1, sha256: digestOfText(text) }))
	const { receipts, faults } = await exported()
	expect([receipts?.held, faults.map(({ code }) => code)]).toEqual([3, ['centres-awaited']])
	expect(
		readFileSync(join(all.uplink(kiosk), 'carried.jws'), 'utf8')
			.trimEnd()
			.split('\n'),
	).toHaveLength(3)
})
