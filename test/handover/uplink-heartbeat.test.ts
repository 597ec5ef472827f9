import { readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { UplinkHeartbeat } from '#src/handover/uplink-heartbeat.js'
import { readUplinkState } from '#src/handover/uplink-state.js'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let directory: string
let clock: SimulatedClock
let heartbeat: UplinkHeartbeat
let writes: number
const path = () => join(directory, 'state.json')

beforeEach(async () => {
	directory = await temporaryFolder()
	clock = new SimulatedClock()
	writes = 0
	heartbeat = new UplinkHeartbeat({
		directory,
		clock,
		collect: () => {
			writes++
			return { imagesUpto: 7 }
		},
		failed: (error) => {
			throw error
		},
	})
})
afterEach(() => heartbeat.stop())

test('it is there from the start, before there is a network', async () => {
	expect(await heartbeat.open('k-heartbeat')).toBe(false)
	await heartbeat.start()
	expect(await readUplinkState(path())).toMatchObject({
		ok: true,
		value: { device: 'k-heartbeat', connected: false, imagesUpto: 7, latestReceipt: null },
	})
})

test('many changes make one write', async () => {
	await heartbeat.open('k-heartbeat')
	await heartbeat.start()
	heartbeat.note({ connected: true })
	heartbeat.noteTrouble({ code: 'x', detail: 'y' })
	heartbeat.noteConflict(4)
	heartbeat.noteConflict(4)
	expect(writes).toBe(1)
	await clock.advance(1_000)
	expect(writes).toBe(2)
	await vi.waitUntil(async () => (await readFile(path(), 'utf8')).includes('"connected": true'))
	const state = await readUplinkState(path())
	expect(state.ok && state.value).toMatchObject({
		since: '2024-07-28T22:05:40Z',
		lastError: { code: 'x', detail: 'y' },
		conflicts: [4],
	})
})

test('it gives signs of life while nothing changes, and none after it stopped', async () => {
	await heartbeat.open('k-heartbeat')
	await heartbeat.start()
	const times = async () => (await stat(path())).mtimeMs
	await utimes(path(), 1, 1)
	await clock.advance(10_000)
	await vi.waitUntil(async () => (await times()) !== 1_000)
	await heartbeat.stop()
	await utimes(path(), 1, 1)
	await clock.advance(60_000)
	expect(await times()).toBe(1_000)
})

test('what belonged to another device, or was broken, is begun anew', async () => {
	await heartbeat.open('k-other')
	heartbeat.note({ latestReceipt: 'a.b.c' })
	await heartbeat.stop()
	expect(await heartbeat.open('k-heartbeat')).toBe(false)
	expect(heartbeat.state.latestReceipt).toBeNull()
	await writeFile(path(), '')
	expect(await heartbeat.open('k-heartbeat')).toBe(true)
})
