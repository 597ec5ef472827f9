import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ShotDirectory } from '#src/capture/libcamera/shot-directory.js'
import { WarmSensor } from '#src/capture/libcamera/warm.js'
import { type Behaviour, FakeCamera, lens } from '../support/fake-camera.ts'

const minute = 60_000
const patience = { timeout: 120_000, interval: 10 }

function warm(fake: FakeCamera, startMs = minute) {
	const directory = new ShotDirectory(join(fake.home, 'shots'), { onlyInMemory: true })
	const sensor = new WarmSensor(lens, directory, { random: () => 0, settleMs: 0, startMs })
	onTestFinished(() => sensor.stop())
	return { sensor, directory }
}

test('one start for many pictures, none of which stays behind', async () => {
	const fake = await FakeCamera.install()
	const { sensor, directory } = warm(fake)
	// The first signal comes when the camera catches it: before, it would end the program.
	expect(await sensor.start()).toEqual({ ok: true, value: true })
	for (let shot = 0; shot < 5; shot++) {
		const taken = await sensor.shoot(minute)
		expect(taken.ok && Buffer.from(taken.value).equals(fake.picture)).toBe(true)
		expect(await readdir(directory.path)).toEqual([])
	}
	expect(await fake.calls()).toEqual([
		'--camera 2 --nopreview --shutter 8000 --gain 1.5 --awbgains 1.75,1.5 --autofocus-mode manual ' +
			'--lens-position 4.5 --rotation 180 --roi 0.25,0,0.5,1 --width 4608 --height 2592 --encoding jpg ' +
			`--quality 93 --signal --zsl --timeout 0 --output ${directory.path}/%06d.jpg ` +
			`--latest ${directory.path}/latest`,
	])
})

const faults: readonly [Behaviour, string][] = [
	['nothing', 'the camera said that it was done, and left no picture'],
	['half', 'the camera left a picture that is cut short or damaged'],
	['link', 'the camera names a file as its picture that is not its own'],
	['second-name', 'the camera left something that is no file of its own'],
	['dies', 'the camera is not running: rpicam-still ended (3)'],
]

describe('each fault is one clear line, and the next acta works', () => {
	test.each(faults)('%s', async (behaviour, line) => {
		const fake = await FakeCamera.install()
		const { sensor, directory } = warm(fake)
		await sensor.start()
		await fake.next(behaviour)
		expect(await sensor.shoot(minute)).toEqual({ ok: false, fault: { code: 'device', detail: line } })
		await fake.next('good')
		expect(await sensor.shoot(minute)).toMatchObject({ ok: true })
		expect(existsSync(join(fake.home, 'other.jpg'))).toBe(true)
		if (behaviour !== 'link') expect(await readdir(directory.path)).toEqual([])
	})

	test('hangs: it is ended and started anew', async () => {
		const fake = await FakeCamera.install()
		const { sensor } = warm(fake)
		await sensor.start()
		await fake.next('hangs')
		expect(await sensor.shoot(500)).toMatchObject({
			fault: {
				detail: expect.stringMatching(/^the camera took no picture within \d s and is started again$/),
			},
		})
		await fake.next('good')
		expect(await sensor.shoot(minute)).toMatchObject({ ok: true })
		expect(await fake.calls()).toHaveLength(2)
	})

	test.each([
		['busy', 'the camera is not running: the camera is in use by another program'],
		['missing', 'the camera is not running: there is no such camera'],
	] as const)('%s at the start: it is tried again and again', async (behaviour, line) => {
		const fake = await FakeCamera.install()
		const { sensor } = warm(fake, 0)
		await fake.next(behaviour)
		await sensor.start()
		await vi.waitUntil(async () => (await fake.calls()).length >= 2, patience)
		expect(await sensor.shoot(0)).toMatchObject({ fault: { detail: expect.stringContaining(line) } })
		await fake.next('good')
		expect(await sensor.shoot(minute)).toMatchObject({ ok: true })
	})

	test('is not installed', async () => {
		const fake = await FakeCamera.install()
		const { sensor } = warm(fake, 0)
		const path = process.env['PATH'] ?? ''
		vi.stubEnv('PATH', path.split(':').slice(1).join(':'))
		await sensor.start()
		await vi.waitUntil(async () => {
			const shot = await sensor.shoot(0)
			return !shot.ok && shot.fault.detail === 'the camera is not running: rpicam-still is not installed'
		}, patience)
		vi.stubEnv('PATH', path)
		expect(await sensor.shoot(minute)).toMatchObject({ ok: true })
	})
})

test('stopped, it leaves no process', async () => {
	const fake = await FakeCamera.install()
	const { sensor } = warm(fake)
	await sensor.start()
	expect(await fake.runs()).toBe(true)
	await sensor.stop()
	expect(await fake.runs()).toBe(false)
	expect(await sensor.shoot(minute)).toMatchObject({ ok: false })
})

test('stopped halfway through its start, it does not go on', async () => {
	const fake = await FakeCamera.install()
	const { sensor } = warm(fake)
	const starting = sensor.start()
	await sensor.stop()
	expect(await starting).toMatchObject({ ok: false })
})
