/** A centre that lost its disk: it commands everything to be sent again, and gets it, its own receipts included. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { ArchiveFolder } from '#src/archive/archive-folder.js'
import { auditArchive } from '#src/archive/check/archive-audit.js'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { signControl } from '#src/evidence/control.js'
import { openReceipt, type Receipt, signReceipt } from '#src/evidence/receipt.js'
import { FolderSource } from '#src/mirroring/archive-source.js'
import { mirrorArchive } from '#src/mirroring/mirror.js'
import { systemClock } from '#src/platform/clock.js'
import { openTrial, trialRipeness } from '#src/publishing/trial.js'
import { gotten } from '../support/result.ts'
import { type Station, stationOfTest } from '../support/uplink-station.js'

let station: Station

beforeEach(async () => {
	station = await stationOfTest()
})

const ledgerPath = () => join(station.centralDirectory, 'ledger.jws')

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
	const path = join(station.uplinkDirectory, 'receipts.jws')
	const texts = () => readFileSync(path, 'utf8').split('\n').slice(0, -1)
	await station.until(() => texts().length >= entries)
	return texts()
}

/** So many actas, all of them at the centre with their files. */
async function delivered(count: number) {
	await station.record(count, 120_000)
	return (await station.startBoth()).uplink
}

/** Everything but the keys of the devices: the operator has them. */
function loseDisk(): void {
	for (const name of ['ledger.jws', 'ledger.json', 'heads.jws', 'images', 'incoming']) {
		rmSync(join(station.centralDirectory, name), { recursive: true, force: true })
	}
}

function count(event: string): number {
	return [...station.uplinkEvents, ...station.centralEvents]
		.filter((one) => one.event === event)
		.reduce((sum, one) => sum + ('times' in one ? one.times : 1), 0)
}

async function wholeAgain(entries: number, receipts: readonly string[]): Promise<void> {
	await station.until(() => {
		const held = new Set(idsOfReceipts(station.ledger()))
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
	const uplink = await delivered(12)
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

	// The same command once more, and once more after a restart: a replay moves nothing.
	const [command = ''] = bystander.commands
	for (const restarted of [false, true]) {
		if (restarted) {
			await station.uplink?.stop()
			await station.startUplink()
			await station.until(() => count('connected') >= 4)
		}
		const refused = count('command-refused')
		await bystander.publish('testigo/v1/kiosk-1/control', command)
		await station.until(() => count('command-refused') > refused)
	}
	expect(count('resend')).toBe(1)
	await station.stopBoth()
	const audit = await auditLedger(station.centralDirectory)
	expect(audit).toMatchObject({ ok: true, value: { entries: 12, faults: [], images: { present: 12 } } })
	// Each entry and each receipt stands there once.
	const all = station.ledger()
	expect(new Set(all).size).toBe(all.length)
})

test('what is published goes on: the same log, no leaf twice, and the checkpoints of before verify', async () => {
	await delivered(6)
	const archive = join(station.root, 'archive')
	const publish = async () => {
		const opened = await openTrial({
			...{ directory: station.centralDirectory, archive, election: presidential2024, register: null },
			...{ ripeness: trialRipeness, nowMs: Date.now },
		})
		return gotten(await gotten(opened).publish())
	}
	await publish()
	await station.record(2, 120_000)
	await station.until(() => station.uplink?.complete === 8)
	const { publication, leaves } = await publish()
	await station.central?.stop()
	const signed = idsOfReceipts(await kept(8))
	const copy = join(station.root, 'copy')
	cpSync(archive, copy, { recursive: true })

	loseDisk()
	await station.startCentral()
	await wholeAgain(8, signed)
	expect(await publish()).toMatchObject({ publication: null, leaves })
	await station.record(1, 120_000)
	await station.until(() => station.uplink?.complete === 9)
	const next = await publish()
	expect(next.publication).toBe((publication ?? 0) + 1)
	await station.stopBoth()
	// A leaf twice is `leaf-twice`, a checkpoint of another tree `forked`; a mirror goes on from what it had.
	const options = { rehearsal: true, images: true, progress: () => {} }
	const report = gotten(await auditArchive(new ArchiveFolder(archive), options))
	expect(report).toMatchObject({ faults: [], leaves: { entry: 9 }, size: next.leaves })
	const mirrored = await mirrorArchive({
		...{ source: new FolderSource(archive), folder: copy, images: true, clock: systemClock },
		progress: () => {},
	})
	expect(gotten(mirrored)).toMatchObject({ isUnchanged: false, size: next.leaves })
})

test('a resend that is cut short by restarts of both sides goes on where it was', async () => {
	await delivered(12)
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
	const uplink = await delivered(3)
	await station.central?.stop()
	const copy = readFileSync(ledgerPath())
	await station.startCentral()
	await station.record(3, 120_000)
	await station.until(() => uplink.complete === 6)
	await station.central?.stop()
	const signed = idsOfReceipts(await kept(6))

	writeFileSync(ledgerPath(), copy)
	await station.startCentral(station.centreSigner, true)
	await wholeAgain(6, signed)
	await station.stopBoth()
	expect(await auditLedger(station.centralDirectory)).toMatchObject({ ok: true, value: { faults: [] } })
})

test.each(['an earlier loss', 'a false status, which nobody signs'])(
	'a ledger restored from an older copy gets the rest also when its order was used up by %s',
	async (what) => {
		await delivered(3)
		const bystander = await station.listen()
		if (what === 'an earlier loss') {
			await station.central?.stop()
			loseDisk()
			await station.startCentral()
		} else {
			const status = {
				v: 1,
				device: 'kiosk-1',
				state: 'online',
				software: 'x',
				recorded: 99,
				received: 99,
				time: null,
			}
			await bystander.publish('testigo/v1/kiosk-1/status', JSON.stringify(status))
		}
		await station.until(() => count('resend') === 1)
		await wholeAgain(3, [])
		await station.central?.stop()
		// With its mark: without it a start would notice by itself.
		const beside = ['ledger.json', 'verified.json'].map((name) => join(station.centralDirectory, name))
		const copies = [ledgerPath(), ...beside].map((path) => ({ path, bytes: readFileSync(path) }))
		await station.startCentral()
		await station.record(3, 120_000)
		await station.until(() => station.uplink?.complete === 6)
		const signed = idsOfReceipts(await kept(6))
		await station.central?.stop()

		for (const { path, bytes } of copies) writeFileSync(path, bytes)
		await station.startCentral()
		await station.logged('ledger-rolled-back', { device: 'kiosk-1', seq: 6 })
		await wholeAgain(6, signed)
		expect(count('ledger-rolled-back')).toBe(1)
		expect(readFileSync(copies[1]?.path ?? '')).not.toEqual(copies[1]?.bytes)
		await station.stopBoth()
		expect(await auditLedger(station.centralDirectory)).toMatchObject({ ok: true, value: { faults: [] } })
	},
)

test('a receipt of the lost ledger, replayed, does not pass for one of the new', async () => {
	const uplink = await delivered(4)
	await station.central?.stop()
	const old = await kept(4)
	const bystander = await station.listen()
	loseDisk()
	await station.startCentral()
	await station.until(() => bystander.commands.length > 0 && count('resend') === 1)
	await station.central?.stop()
	loseDisk()
	const seen = count('receipt')
	for (const text of old) await bystander.publish('testigo/v1/kiosk-1/receipt', text)
	await station.until(() => count('receipt') >= seen + old.length)
	expect(uplink.complete).toBeLessThan(4)
	await station.startCentral()
	await wholeAgain(4, idsOfReceipts(old))
})

test('a forged command, and one to another device, move nothing', async () => {
	const uplink = await delivered(2)
	const bystander = await station.listen()
	const time = '2024-07-28T18:00:00Z'
	const command = { v: 1, device: 'kiosk-1', verb: 'resend', from: 1, ledger: 'A'.repeat(22), time } as const
	const forged = [
		(await signControl(command, station.journal.signer)).text,
		(await signControl({ ...command, device: 'kiosk-2' }, station.centreSigner)).text,
		'hello',
	]
	for (const [index, text] of forged.entries()) {
		await bystander.publish('testigo/v1/kiosk-1/control', text)
		await station.until(() => count('command-refused') > index)
	}
	expect(
		station.uplinkEvents.flatMap((one) => (one.event === 'command-refused' ? [one.fault.code] : [])),
	).toEqual(['wrong-centre', 'other-device', 'not-a-jws'])
	expect(uplink.complete).toBe(2)
	expect(count('resend')).toBe(0)
})

test('receipts that come back are taken only when they are ours and what they say is true here', async () => {
	const uplink = await delivered(2)
	const before = readFileSync(ledgerPath(), 'utf8')
	const bystander = await station.listen()
	const { receipt, text } = gotten(openReceipt(station.ledger().at(-1) ?? '', station.centreSigner))
	const nowhere = 'A'.repeat(43)
	const elsewhere = 'A'.repeat(22)
	const bad: Partial<Receipt>[] = [
		{ entry: nowhere, ledger: elsewhere },
		{ upto: { seq: 2, id: nowhere }, ledger: elsewhere },
		{ upto: { seq: 9, id: nowhere }, ledger: elsewhere },
		{ images: [{ sha256: '0'.repeat(64), status: 'stored', missing: [] }] },
		{ status: 'rejected', reason: 'x' },
	]
	const ours = bad.map(
		async (more) => (await signReceipt({ ...receipt, ...more }, station.centreSigner)).text,
	)
	const returned = [
		(await signReceipt(receipt, station.journal.signer)).text,
		...(await Promise.all(ours)),
		text,
	]
	for (const one of returned) await bystander.publish('testigo/v1/kiosk-1/returned', one)
	// Logged at the 1st, 2nd and 4th of a kind; the last one is a receipt that the ledger holds: nothing new.
	await station.logged('rejected', { reason: 'returned-refused' })
	await station.logged('rejected', { reason: 'returned-unfounded', count: 4 })
	await station.journal.boot()
	await station.until(() => uplink.complete === 3)
	expect(readFileSync(ledgerPath(), 'utf8').startsWith(before)).toBe(true)
	expect(count('receipt-returned')).toBe(0)
})
