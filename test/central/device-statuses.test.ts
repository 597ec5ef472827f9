/** What a centre keeps of what devices say of themselves: the last word of each, cleaned, bounded, written rarely. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DeviceStatuses, mostStatuses } from '#src/central/device-statuses.js'
import type { Fault } from '#src/platform/result.js'
import { parseDeviceStatus } from '#src/protocol/device-status.js'
import { gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let directory: string
let clock: SimulatedClock
let faults: Fault[]
let statuses: DeviceStatuses
const path = () => join(directory, 'statuses.json')

beforeEach(async () => {
	directory = await temporaryFolder()
	clock = new SimulatedClock()
	faults = []
	statuses = await begin()
})
afterEach(() => statuses.close())

async function begin(): Promise<DeviceStatuses> {
	const begun = new DeviceStatuses({ directory, clock, failed: (fault) => faults.push(fault) })
	await begun.open()
	return begun
}

function said(device: string, more: object = {}) {
	const text = JSON.stringify({
		...{ v: 1, device, state: 'online', software: 'testigo 0.1.0', recorded: 3, received: 2, time: null },
		...more,
	})
	return gotten(parseDeviceStatus(Buffer.from(text)))
}

test('the last status of each device, and when it was heard, are there after a restart', async () => {
	statuses.note(said('k-one'))
	await clock.advance(2_000)
	statuses.note(said('k-two'))
	statuses.note(said('k-one', { state: 'offline' }))
	await statuses.close()
	expect(JSON.parse(await readFile(path(), 'utf8'))).toMatchObject({
		v: 1,
		statuses: [
			{ heard: '2024-07-28T22:05:42Z', status: { device: 'k-two', state: 'online', recorded: 3 } },
			{ heard: '2024-07-28T22:05:42Z', status: { device: 'k-one', state: 'offline' } },
		],
	})
	const later = await begin()
	expect(later.of('k-one')).toMatchObject({ heard: '2024-07-28T22:05:42Z', status: { state: 'offline' } })
	expect(later.of('k-none')).toBeUndefined()
})

test('many make one write, and none is made where nothing came', async () => {
	for (let count = 0; count < 1_000; count++) statuses.note(said(`k-${count % 7}`))
	await clock.advance(14_000)
	expect(await readdir(directory)).toEqual([])
	await clock.advance(1_000)
	await statuses.close()
	const { mtimeMs } = await stat(path())
	await clock.advance(60_000)
	await statuses.close()
	expect((await stat(path())).mtimeMs).toBe(mtimeMs)
})

test('of what a hostile device says only known fields are kept, in letters that move no cursor', async () => {
	const hostile = '\u001b[2Jtestigo\u202e\u009b\u0007'
	const cleaned = said('k-hostile', {
		software: hostile,
		kiosk: { canScan: true, trouble: hostile, clock: 'none', actas: 0, more: hostile },
		more: hostile.repeat(100),
	})
	statuses.note(cleaned)
	await statuses.close()
	const text = await readFile(path(), 'utf8')
	expect(text).not.toMatch(/(?![\t\n])\p{C}|more/u)
	expect(cleaned.software).toBe('\\u{1b}[2Jtestigo\\u{202e}\\u{9b}\\u{7}')
	expect(text.length).toBeLessThan(2_000)
})

test('one device more than there is room for takes the place of the one that was silent for longest', async () => {
	for (let count = 0; count <= mostStatuses; count++) {
		statuses.note({ ...said('k-0'), device: `k-${count}` })
		if (count === 1) statuses.note({ ...said('k-0'), device: 'k-0' })
	}
	expect([statuses.of('k-0'), statuses.of(`k-${mostStatuses}`)]).not.toContain(undefined)
	expect(statuses.of('k-1')).toBeUndefined()
})

test.each(['', '{"v":1', '{"v":2,"statuses":[]}'])('a file of %j is put aside', async (text) => {
	await writeFile(path(), text)
	await begin()
	expect(await readdir(directory)).toEqual(['statuses.json.broken'])
})

test('what does not read any more in it is left out', async () => {
	const good = { heard: '2024-07-28T22:05:42Z', status: said('k-good') }
	await writeFile(path(), JSON.stringify({ v: 1, statuses: [7, { ...good, heard: 'now' }, good] }))
	expect((await begin()).of('k-good')).toEqual(good)
})

test('a disk that takes none is told once, and the next one that it takes counts', async () => {
	await mkdir(`${path()}.new`)
	for (const _ of [1, 2]) {
		statuses.note(said('k-one'))
		await statuses.close()
	}
	expect(faults).toMatchObject([{ code: 'disk' }])
	await rm(`${path()}.new`, { recursive: true })
	statuses.note(said('k-one'))
	await statuses.close()
	expect((await begin()).of('k-one')).toBeDefined()
})
