import { readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { NoticeBoard } from '#src/handover/uplink-heartbeat.js'
import { readUplinkState } from '#src/handover/uplink-state.js'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let directory: string
let clock: SimulatedClock
let board: NoticeBoard
let changes: number
const path = () => join(directory, 'state.json')

beforeEach(async () => {
	directory = await temporaryFolder()
	clock = new SimulatedClock()
	changes = 0
	board = new NoticeBoard({
		directory,
		clock,
		collect: () => ({ imagesUpto: 7 }),
		changed: () => {
			changes++
		},
		failed: (error) => {
			throw error
		},
	})
})
afterEach(() => board.stop())

test('it is there from the start, before there is a network', async () => {
	expect(await board.open('k-board')).toBe(false)
	await board.start()
	expect(await readUplinkState(path())).toMatchObject({
		ok: true,
		value: { device: 'k-board', connected: false, imagesUpto: 7, latestReceipt: null },
	})
})

test('many changes make one write', async () => {
	await board.open('k-board')
	await board.start()
	board.note({ connected: true })
	board.noteTrouble({ code: 'x', detail: 'y' })
	board.noteConflict(4)
	board.noteConflict(4)
	expect(changes).toBe(0)
	await clock.advance(1_000)
	expect(changes).toBe(1)
	await vi.waitUntil(async () => (await readFile(path(), 'utf8')).includes('"connected": true'))
	const state = await readUplinkState(path())
	expect(state.ok && state.value).toMatchObject({
		since: '2024-07-28T22:05:40Z',
		lastError: { code: 'x', detail: 'y' },
		conflicts: [4],
	})
})

test('it gives signs of life while nothing changes, and none after it stopped', async () => {
	await board.open('k-board')
	await board.start()
	const times = async () => (await stat(path())).mtimeMs
	await utimes(path(), 1, 1)
	await clock.advance(10_000)
	await vi.waitUntil(async () => (await times()) !== 1_000)
	await board.stop()
	await utimes(path(), 1, 1)
	await clock.advance(60_000)
	expect(await times()).toBe(1_000)
})

test('what belonged to another device, or was broken, is begun anew', async () => {
	await board.open('k-other')
	board.note({ latestReceipt: 'a.b.c' })
	await board.stop()
	expect(await board.open('k-board')).toBe(false)
	expect(board.state.latestReceipt).toBeNull()
	await writeFile(path(), '')
	expect(await board.open('k-board')).toBe(true)
})
