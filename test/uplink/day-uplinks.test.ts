/** Journals of identities that have ended reach the centre beside that of now, each by a connection of its own. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { systemClock } from '#src/platform/clock.js'
import { DayUplinks } from '#src/uplink/day-uplinks.js'
import { JournalMaker } from '../support/journal-maker.ts'
import { makeSigner } from '../support/test-identity.ts'
import { type Station, stationOfTest } from '../support/uplink-station.ts'

/** Another identity of the same machine, known to the centre; its journal begins when it is asked for. */
function enrolled(station: Station, id: string): () => JournalMaker {
	const signer = makeSigner(id)
	mkdirSync(join(station.root, 'journals'), { recursive: true })
	writeFileSync(join(station.centralDirectory, 'devices', `${id}.pem`), publicKeyPem(signer.publicKey))
	return () => new JournalMaker(join(station.root, 'journals', id), signer)
}

function next(station: Station, id: string): JournalMaker {
	return enrolled(station, id)()
}

function isNow(station: Station, device: string, before: string | null): void {
	writeFileSync(join(station.root, 'current-identity.json'), JSON.stringify({ v: 1, device, before }))
}

async function started(station: Station): Promise<DayUplinks> {
	const uplinks = new DayUplinks(
		{
			...{ journal: station.journal.directory, directory: station.uplinkDirectory },
			...{ centres: onlyCentre(station.centreSigner), broker: station.broker, clock: systemClock },
			...{ pollMs: 50, software: 'testigo test', random: Math.random, log: () => {} },
		},
		50,
	)
	await uplinks.start()
	onTestFinished(() => uplinks.stop())
	return uplinks
}

/** Entries of a device in the centre's ledger. */
function held(station: Station, device: string): number {
	const headers = station
		.ledger()
		.map((line) => JSON.parse(Buffer.from(line.split('.')[0] ?? '', 'base64url').toString()))
	return headers.filter(({ kid, typ }) => kid === device && typ === 'testigo-entry+jws').length
}

test('what an ended identity had not sent is sent, with its receipts beside it, while the next one records', async () => {
	const station = await stationOfTest(makeSigner('k-first'))
	await station.record(3, 5_000)
	const second = next(station, 'k-second')
	await second.boot()
	isNow(station, 'k-second', null)
	await station.startCentral()
	await started(station)
	await station.until(() => held(station, 'k-first') === 3 && held(station, 'k-second') === 1)
	await station.until(() => station.missingFiles().length === 0)
	await second.boot()
	await station.until(() => held(station, 'k-second') === 2)
	expect(existsSync(join(station.uplinkDirectory, 'receipts.jws'))).toBe(true)
	expect(existsSync(join(station.uplinkDirectory, 'k-second', 'receipts.jws'))).toBe(true)
})

test('a change of identity is followed without a new start', async () => {
	const station = await stationOfTest(makeSigner('k-first'))
	await station.journal.boot()
	// Before: a centre looks for keys once a second, and what it refuses meanwhile waits a minute.
	const begin = enrolled(station, 'k-third')
	await station.startCentral()
	await started(station)
	await station.until(() => held(station, 'k-first') === 1)
	const second = next(station, 'k-second')
	await second.boot()
	await station.journal.boot()
	isNow(station, 'k-second', null)
	await station.until(() => held(station, 'k-first') === 2 && held(station, 'k-second') === 1)
	const third = begin()
	await third.boot()
	isNow(station, 'k-third', 'k-second')
	await station.until(() => held(station, 'k-third') === 1)
})
