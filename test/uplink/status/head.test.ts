/** The head of a closed day on its way to the centre: real uplink, centre and broker. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { signHead } from '#src/evidence/head.js'
import { storeHead } from '#src/journal/head-file.js'
import { stationOfTest } from '../../support/uplink-station.ts'

test('a head that is signed after everything was received comes to the centre, and once', async () => {
	const station = await stationOfTest()
	await station.startCentral()
	const uplink = await station.startUplink()
	await station.journal.boot()
	await station.until(() => uplink.received === 1)
	const last = station.journal.entries.at(-1)
	if (last === undefined) throw new Error('nothing was recorded')
	const { signer, directory } = station.journal
	const position = { device: signer.kid, seq: 1, id: last.id }
	const head = await signHead({ v: 1, ...position, receipts: 1, time: '2024-07-29T02:00:00Z' }, signer)
	await storeHead(directory, head)
	const heads = join(station.centralDirectory, 'heads.jws')
	// It is logged when it is on the disk.
	await station.until(() => station.centralEvents.some(({ event }) => event === 'head'))
	expect(station.centralEvents).toContainEqual({ event: 'head', device: signer.kid, seq: 1 })
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
