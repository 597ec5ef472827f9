/** node-libcamera as it is, the provisioned libcamera-still, and a program in the place of rpicam-still. */
import { existsSync, statfsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Lens } from '#src/capture/libcamera/lens.js'
import { OneShotSensor } from '#src/capture/libcamera/one-shot.js'
import { ShotDirectory } from '#src/capture/libcamera/shot-directory.js'
import { type Behaviour, FakeCamera, lens } from '../support/fake-camera.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const minute = 60_000

async function opened(fake: FakeCamera, settings: Lens = lens) {
	const directory = new ShotDirectory(join(fake.home, 'shots'), { onlyInMemory: true })
	const sensor = new OneShotSensor(settings, directory)
	expect(await sensor.start()).toEqual({ ok: true, value: true })
	return { sensor, directory }
}

test('the renamed program is found; the words are the lens; the file is gone as soon as it is read', async () => {
	const fake = await FakeCamera.install()
	const { sensor, directory } = await opened(fake)
	const shot = await sensor.shoot(minute)
	expect(shot.ok && Buffer.from(shot.value).equals(fake.picture)).toBe(true)
	expect(await readdir(directory.path)).toEqual([])
	expect(await fake.calls()).toEqual([
		'--camera 2 --nopreview --shutter 8000 --gain 1.5 --awbgains 1.75,1.5 --autofocus-mode manual ' +
			'--lens-position 4.5 --rotation 180 --roi 0.25,0,0.5,1 --width 4608 --height 2592 --encoding jpg ' +
			`--quality 93 --timeout 500 --output ${directory.path}/1.jpg`,
	])
})

const faults: readonly [Behaviour, string][] = [
	['nothing', 'the camera said that it was done, and left no picture'],
	['half', 'the camera left a picture that is cut short or damaged'],
	['link', 'the camera left a link to a file that is not its own'],
	['second-name', 'the camera left something that is no file of its own'],
	['other-name', 'the camera said that it was done, and left no picture'],
	['busy', 'the camera is in use by another program: end that, or start the kiosk again'],
	['missing', 'there is no such camera: check its cable and its number'],
	['dies', 'libcamera-still ended (3)'],
]

describe('each fault is one clear line, and the next acta works', () => {
	test.each(faults)('%s', async (behaviour, line) => {
		const fake = await FakeCamera.install()
		const { sensor, directory } = await opened(fake)
		await fake.next(behaviour)
		expect(await sensor.shoot(minute)).toEqual({ ok: false, fault: { code: 'device', detail: line } })
		await fake.next('good')
		expect(await sensor.shoot(minute)).toMatchObject({ ok: true })
		expect(await readdir(directory.path)).toEqual([])
		expect((await readFile(join(fake.home, 'other.jpg'))).equals(fake.picture)).toBe(true)
	})

	test('hangs: the provisioned program ends it', async () => {
		const fake = await FakeCamera.install()
		const { sensor } = await opened(fake)
		await fake.next('hangs')
		vi.stubEnv('TESTIGO_CAMERA_SECONDS', '0.3')
		expect(await sensor.shoot(minute)).toMatchObject({
			fault: { detail: 'the camera hung and was ended: check its cable' },
		})
		vi.stubEnv('TESTIGO_CAMERA_SECONDS', '60')
		await fake.next('good')
		expect(await sensor.shoot(minute)).toMatchObject({ ok: true })
	})

	test('hangs, and nothing ends it: given up in time; what it leaves later is cleared away', async () => {
		const fake = await FakeCamera.install(false)
		const clock = new SimulatedClock()
		const directory = new ShotDirectory(join(fake.home, 'shots'), { onlyInMemory: true })
		const sensor = new OneShotSensor(lens, directory, clock)
		await sensor.start()
		await fake.next('hangs')
		const shot = sensor.shoot(5000)
		await vi.waitUntil(async () => (await fake.calls()).length === 1, { timeout: 120_000 })
		await clock.advance(5000)
		expect(await shot).toMatchObject({
			fault: { detail: 'the camera took no picture within 5 s: check its cable' },
		})
		// While it hangs the camera can't be had.
		const second = sensor.shoot(5000)
		await clock.advance(5000)
		expect(await second).toMatchObject({ fault: { detail: expect.stringContaining('busy') } })
		await fake.next('good')
		expect(await sensor.shoot(5000)).toMatchObject({ ok: true })
		expect(await fake.calls()).toHaveLength(2)
		expect(await readdir(directory.path)).toEqual([])
	})

	test('is not installed', async () => {
		const fake = await FakeCamera.install()
		const { sensor } = await opened(fake)
		const detail =
			'libcamera-still or rpicam-still is not installed: install rpicam-apps and provisioning/camera'
		const path = process.env['PATH'] ?? ''
		vi.stubEnv('PATH', path.split(':').slice(1).join(':'))
		expect(await sensor.shoot(minute)).toEqual({ ok: false, fault: { code: 'device', detail } })
		vi.stubEnv('PATH', path)
		expect(await sensor.shoot(minute)).toMatchObject({ ok: true })
	})
})

test('nothing of the settings reaches the shell, even where no schema stood before', async () => {
	const fake = await FakeCamera.install()
	const canary = join(fake.home, 'canary')
	const hostile = [
		`1;touch ${canary}`,
		`$(touch ${canary})`,
		`\`touch ${canary}\``,
		`1\ntouch ${canary}`,
		'1 | sh',
	]
	for (const word of hostile) {
		// The types forbid it; a cast stands for whatever could go round them.
		const evil = word as unknown as number
		const lenses: Lens[] = [
			{ ...lens, camera: evil },
			{ ...lens, exposure: { shutter: evil, gain: 1 } },
			{ ...lens, whiteBalance: { red: 1, blue: evil } },
			{ ...lens, focus: evil },
			{ ...lens, rotation: evil as 180 },
			{ ...lens, crop: { x: 0, y: evil, width: 1, height: 1 } },
			{ ...lens, size: { width: evil, height: 480 } },
		]
		for (const settings of lenses) {
			const { sensor } = await opened(fake, settings)
			expect(await sensor.shoot(minute)).toMatchObject({
				fault: { detail: 'the camera was not started: a shell could take its settings for commands' },
			})
		}
		const directory = new ShotDirectory(`${fake.home}/${word}`, { onlyInMemory: true })
		expect(await directory.open()).toMatchObject({ fault: { code: 'device' } })
	}
	expect(await fake.calls()).toEqual([])
	expect(existsSync(canary)).toBe(false)
})

describe('the directory for pictures', () => {
	// TMPFS_MAGIC of statfs(2): where /var/tmp is in memory too there is no folder to refuse.
	const noDisk = statfsSync('/var/tmp').type === 0x01021994
	test.skipIf(noDisk)(`must be in memory${noDisk ? ': skipped, /var/tmp is in memory' : ''}`, async () => {
		const onDisk = await mkdtemp('/var/tmp/testigo-')
		onTestFinished(() => rm(onDisk, { recursive: true }))
		expect(await new ShotDirectory(onDisk, { onlyInMemory: true }).open()).toMatchObject({
			fault: { detail: `${onDisk} is on a disk: set a directory on tmpfs, such as /run/testigo/camera` },
		})
		expect(await new ShotDirectory(onDisk, { onlyInMemory: false }).open()).toMatchObject({ ok: true })
	})

	test('is its own, and empty', async () => {
		const fake = await FakeCamera.install()
		const path = join(fake.home, 'shots')
		await mkdir(path)
		await writeFile(join(path, '000001.jpg'), fake.picture)
		await symlink(join(fake.home, 'other.jpg'), join(path, 'latest'))
		expect(await new ShotDirectory(path, { onlyInMemory: true }).open()).toMatchObject({ ok: true })
		expect(await readdir(path)).toEqual([])
		expect(existsSync(join(fake.home, 'other.jpg'))).toBe(true)
		const link = join(fake.home, 'elsewhere')
		await symlink(path, link)
		expect(await new ShotDirectory(link, { onlyInMemory: true }).open()).toMatchObject({
			fault: { detail: `${link} is no directory: remove it` },
		})
	})
})
