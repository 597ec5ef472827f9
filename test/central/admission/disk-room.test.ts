import { readdirSync, readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { DiskRoom } from '#src/central/admission/disk-room.js'
import type { CentralEvent } from '#src/central/events.js'
import { LineLog } from '#src/platform/files/line-log.js'
import { Reserve } from '#src/platform/files/reserve.js'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

afterEach(() => {
	vi.restoreAllMocks()
})

async function roomIn(directory: string, limits: { pictures: number; entries: number }) {
	const log: CentralEvent[] = []
	const reserve = new Reserve(join(directory, 'reserve'), 1 << 16)
	const clock = new SimulatedClock()
	const room = new DiskRoom({ directory, limits, reserve, clock, log: (event) => log.push(event) })
	await room.start()
	return { room, log, clock }
}

test('pictures stop before entries, each change is logged once, and nothing is taken of what was counted since', async () => {
	const { room, log } = await roomIn(await temporaryFolder(), { pictures: 2e9, entries: 1e9 })
	expect([room.takes, log]).toEqual(['all', []])
	room.note(room.free - 1.9e9)
	expect([room.takes, room.room.pictures]).toEqual(['entries', 0])
	expect(room.room.entries).toBeGreaterThan(0)
	room.note(1e9)
	room.note(1)
	expect([room.takes, room.room]).toEqual(['nothing', { pictures: 0, entries: 0 }])
	expect(log.map((event) => [event.event, 'takes' in event && event.takes])).toEqual([
		['disk-short', 'entries'],
		['disk-short', 'nothing'],
	])
	await room.stop()
})

test('a log on a full disk is finished at the cost of the reserve, with the same bytes, and goes on', async () => {
	const directory = await temporaryFolder()
	const { room } = await roomIn(directory, { pictures: 0, entries: 0 })
	expect(readdirSync(join(directory, 'reserve'))).toHaveLength(16)
	const { log } = await LineLog.open(join(directory, 'lines'), join(directory, 'quarantine'), {
		makeRoom: () => room.make(),
	})
	await log.append(['before'])
	const handle = await open(import.meta.filename)
	await handle.close()
	const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
	const prototype: FileHandle = Object.getPrototypeOf(handle)
	vi.spyOn(prototype, 'datasync').mockRejectedValueOnce(full).mockRejectedValueOnce(full)
	await log.append(['in the middle'])
	expect(readdirSync(join(directory, 'reserve'))).toEqual([])
	await log.append(['after'])
	expect(readFileSync(join(directory, 'lines'), 'utf8')).toBe('before\nin the middle\nafter\n')
	// With nothing left to give up it waits, and the wait ends with the centre's.
	vi.spyOn(prototype, 'datasync').mockRejectedValue(full)
	const waiting = log.append(['never']).then(
		() => 'written',
		() => 'given up',
	)
	await vi.waitUntil(() => log.wantsRoom, { timeout: 20_000 })
	await room.stop()
	expect(await waiting).toBe('given up')
	await log.close()
})
