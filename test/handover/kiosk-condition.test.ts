/** What a kiosk says of itself, by way of its uplink, to the centre. */
import { utimesSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type KioskCondition, readKioskCondition } from '#src/handover/kiosk-condition.js'
import { KioskHeartbeat } from '#src/handover/kiosk-heartbeat.js'
import { inDirectory } from '../support/in-directory.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { stationOfTest } from '../support/uplink-station.ts'

const well: KioskCondition = {
	v: 1,
	software: 'testigo test',
	canScan: true,
	trouble: null,
	detail: null,
	clock: 'rtc',
	actas: { recorded: 2, received: 1 },
}
/** The time of day of the files' own clock, and timers that go when they are told to. */
function timersByHand(): SimulatedClock {
	const clock = new SimulatedClock()
	clock.wall = () => Date.now()
	return clock
}

/** The clock goes on while files are written in their own time, so it is advanced until all has come about. */
const patience = { timeout: 30_000 }

const ill: KioskCondition = {
	...well,
	canScan: false,
	trouble: 'camera no-answer',
	detail: '/dev/video0 is away',
}

test('the centre learns that a kiosk can scan, that it no longer can, and that it is silent', async () => {
	const station = await stationOfTest()
	const clock = timersByHand()
	const path = join(station.root, 'condition.json')
	const file = new KioskHeartbeat(path, clock)
	try {
		await station.journal.boot()
		const central = await station.startCentral()
		let condition = well
		file.publish(async () => condition)
		await station.startUplink(undefined, { condition: path })
		const status = () => central.devices()[0]?.status
		await station.until(() => status()?.kiosk?.canScan === true)
		expect(status()).toMatchObject({
			state: 'online',
			kiosk: { canScan: true, trouble: null, clock: 'rtc', actas: 2 },
			setAside: 0,
		})
		expect(status()?.free).toBeGreaterThan(0)

		condition = ill
		await expect
			.poll(async () => {
				await clock.advance(5_000)
				return status()?.kiosk?.canScan
			}, patience)
			.toBe(false)
		expect(status()?.kiosk).toEqual({ canScan: false, trouble: 'camera no-answer', clock: 'rtc', actas: 2 })

		await file.stop()
		await station.until(() => status()?.kiosk === null)
	} finally {
		await file.stop()
	}
})

test('the day of the oldest entry that waits is told until a receipt covers it', async () => {
	const station = await stationOfTest()
	const { statuses } = await station.listen()
	const { entry } = await station.journal.boot()
	await station.startUplink()
	await station.until(() => statuses.at(-1)?.oldestUnsent === entry.time.day)
	await station.startCentral()
	await station.until(() => statuses.at(-1)?.received === 1)
	expect(statuses.at(-1)?.oldestUnsent).toBeNull()
})

test('a condition that nobody has touched for half a minute is none', () =>
	inDirectory(async (directory) => {
		const path = join(directory, 'condition.json')
		const clock = timersByHand()
		const file = new KioskHeartbeat(path, clock)
		file.publish(async () => well)
		await expect.poll(() => readKioskCondition(path, Date.now()), patience).toEqual(well)
		const { mtimeMs } = await stat(path)
		expect(await readKioskCondition(path, mtimeMs + 30_000)).toEqual(well)
		expect(await readKioskCondition(path, mtimeMs + 30_001)).toBeNull()
		utimesSync(path, 1, 1)
		expect(await readKioskCondition(path, Date.now())).toBeNull()
		await expect
			.poll(async () => {
				await clock.advance(5_000)
				return await readKioskCondition(path, Date.now())
			}, patience)
			.toEqual(well)
		await file.stop()
		expect(await readKioskCondition(path, Date.now())).toBeNull()
	}))

test('a kiosk with nowhere to say it says nothing, and goes on', () =>
	inDirectory(async (directory) => {
		const clock = timersByHand()
		const file = new KioskHeartbeat(join(directory, 'missing', 'condition.json'), clock)
		let asked = 0
		file.publish(async () => {
			asked++
			return well
		})
		await expect
			.poll(async () => {
				await clock.advance(5_000)
				return asked
			}, patience)
			.toBeGreaterThan(1)
		await file.stop()
	}))
