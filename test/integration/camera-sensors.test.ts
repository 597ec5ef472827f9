/**
 * Both ways to a picture, with a program in the place of rpicam-still: node-libcamera as it is, which starts the
 * provisioned libcamera-still for each, and a program that is kept warm.
 */
import { existsSync, statfsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { OneShotSensor } from '#src/capture/libcamera/one-shot.js'
import type { Sensor } from '#src/capture/libcamera/sensor.js'
import { ShotDirectory } from '#src/capture/libcamera/shot-directory.js'
import { WarmSensor } from '#src/capture/libcamera/warm.js'
import { type Behaviour, FakeCamera, lens } from '../support/fake-camera.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const minute = 60_000
const patience = { timeout: 120_000, interval: 10 }

const inMemory = (path: string) => new ShotDirectory(path, { onlyInMemory: true })
const oneShot = (directory: ShotDirectory, settings = lens) => new OneShotSensor(settings, directory)
const warm = (directory: ShotDirectory, startMs = minute) =>
	new WarmSensor(lens, directory, { random: () => 0, settleMs: 0, startMs })

/** A sensor that is started, whose pictures go to a folder beside the camera's. */
async function started<S extends Sensor>(fake: FakeCamera, make: (directory: ShotDirectory) => S) {
	const directory = inMemory(join(fake.home, 'shots'))
	const sensor = make(directory)
	onTestFinished(() => sensor.stop())
	return { sensor, directory, start: await sensor.start() }
}

const words =
	'--camera 2 --nopreview --shutter 8000 --gain 1.5 --awbgains 1.75,1.5 --autofocus-mode manual ' +
	'--lens-position 4.5 --rotation 180 --roi 0.25,0,0.5,1 --width 4608 --height 2592 --encoding jpg --quality 93'

interface Way {
	readonly way: 'one shot' | 'warm'
	make(directory: ShotDirectory): Sensor
	/** The words of a start, of which there is one for so many pictures. */
	words(path: string): string
	readonly pictures: number
	readonly notInstalled: string
}

const ways: readonly Way[] = [
	{
		way: 'one shot',
		make: oneShot,
		words: (path) => `${words} --timeout 500 --output ${path}/1.jpg`,
		pictures: 1,
		notInstalled:
			'libcamera-still or rpicam-still is not installed: install rpicam-apps and provisioning/camera',
	},
	{
		way: 'warm',
		make: warm,
		words: (path) => `${words} --signal --zsl --timeout 0 --output ${path}/%06d.jpg --latest ${path}/latest`,
		pictures: 5,
		notInstalled: 'the camera is not running: rpicam-still is not installed',
	},
]

const noPicture = 'the camera said that it was done, and left no picture'
const cutShort = 'the camera left a picture that is cut short or damaged'
const noFile = 'the camera left something that is no file of its own: it has a second name'
const linked = 'the camera left something that is no file of its own: it is a link'
const linkedWarm = 'the camera names a file as its picture that is not its own'
const busy = 'the camera is in use by another program: end that, or start the kiosk again'
const missing = 'there is no such camera: check its cable and its number'

/** What each says to it; null where a test of its own has it. */
const faults: readonly (readonly [Behaviour, oneShot: string, warm: string | null])[] = [
	['nothing', noPicture, noPicture],
	['half', cutShort, cutShort],
	['link', linked, linkedWarm],
	['second-name', noFile, noFile],
	['other-name', noPicture, null],
	['busy', busy, null],
	['missing', missing, null],
	['dies', 'libcamera-still ended (3)', 'the camera is not running: rpicam-still ended (3)'],
]

describe.each(ways)('$way', ({ way, make, words, pictures, notInstalled }) => {
	const own = faults.flatMap(([behaviour, one, kept]) => {
		const detail = way === 'warm' ? kept : one
		return detail === null ? [] : [[behaviour, detail] as const]
	})

	test('the words are the lens; each picture is gone as soon as it is read', async () => {
		const fake = await FakeCamera.install()
		const { sensor, directory, start } = await started(fake, make)
		// Kept warm, the first signal comes when the camera catches it: before, it would end the program.
		expect(start).toEqual({ ok: true, value: true })
		for (let shot = 0; shot < pictures; shot++) {
			const taken = await sensor.shoot(minute)
			expect(taken.ok && Buffer.from(taken.value).equals(fake.picture)).toBe(true)
			expect(await readdir(directory.path)).toEqual([])
		}
		expect(await fake.calls()).toEqual([words(directory.path)])
	})

	test.each(own)('%s is one clear line, and the next acta works', async (behaviour, detail) => {
		const fake = await FakeCamera.install()
		const { sensor, directory } = await started(fake, make)
		await fake.next(behaviour)
		expect(await sensor.shoot(minute)).toEqual({ ok: false, fault: { code: 'device', detail } })
		await fake.next('good')
		expect(await sensor.shoot(minute)).toMatchObject({ ok: true })
		expect((await readFile(join(fake.home, 'other.jpg'))).equals(fake.picture)).toBe(true)
		// Its own program goes on from the link.
		if (way !== 'warm' || behaviour !== 'link') expect(await readdir(directory.path)).toEqual([])
	})

	test('is not installed', async () => {
		const fake = await FakeCamera.install()
		const path = process.env['PATH'] ?? ''
		vi.stubEnv('PATH', path.split(':').slice(1).join(':'))
		const { sensor } = await started(fake, way === 'warm' ? (directory) => warm(directory, 0) : make)
		await vi.waitUntil(async () => {
			const shot = await sensor.shoot(way === 'warm' ? 0 : minute)
			return !shot.ok && shot.fault.code === 'device' && shot.fault.detail === notInstalled
		}, patience)
		vi.stubEnv('PATH', path)
		expect(await sensor.shoot(minute)).toMatchObject({ ok: true })
	})
})

describe('one shot that hangs', () => {
	test('is ended by the provisioned program', async () => {
		const fake = await FakeCamera.install()
		const { sensor } = await started(fake, oneShot)
		await fake.next('hangs')
		vi.stubEnv('TESTIGO_CAMERA_SECONDS', '0.3')
		expect(await sensor.shoot(minute)).toMatchObject({
			fault: { detail: 'the camera hung and was ended: check its cable' },
		})
		vi.stubEnv('TESTIGO_CAMERA_SECONDS', '60')
		await fake.next('good')
		expect(await sensor.shoot(minute)).toMatchObject({ ok: true })
	})

	test('is given up in time where nothing ends it; what it leaves later is cleared away', async () => {
		const fake = await FakeCamera.install(false)
		const clock = new SimulatedClock()
		const { sensor, directory } = await started(fake, (path) => new OneShotSensor(lens, path, clock))
		await fake.next('hangs')
		const shot = sensor.shoot(5000)
		await vi.waitUntil(async () => (await fake.calls()).length === 1, patience)
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
})

describe('a program that is kept warm', () => {
	test('hangs: it is ended and started anew', async () => {
		const fake = await FakeCamera.install()
		const { sensor } = await started(fake, warm)
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
		await fake.next(behaviour)
		const { sensor } = await started(fake, (directory) => warm(directory, 0))
		await vi.waitUntil(async () => (await fake.calls()).length >= 2, patience)
		expect(await sensor.shoot(0)).toMatchObject({ fault: { detail: expect.stringContaining(line) } })
		await fake.next('good')
		expect(await sensor.shoot(minute)).toMatchObject({ ok: true })
	})

	test('stopped, it leaves no process', async () => {
		const fake = await FakeCamera.install()
		const { sensor } = await started(fake, warm)
		expect(await fake.runs()).toBe(true)
		await sensor.stop()
		expect(await fake.runs()).toBe(false)
		expect(await sensor.shoot(minute)).toMatchObject({ ok: false })
	})

	test('stopped halfway through its start, it does not go on', async () => {
		const fake = await FakeCamera.install()
		const sensor = warm(inMemory(join(fake.home, 'shots')))
		const starting = sensor.start()
		await sensor.stop()
		expect(await starting).toMatchObject({ ok: false })
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
		for (const changed of [
			{ camera: evil },
			{ exposure: { shutter: evil, gain: 1 } },
			{ whiteBalance: { red: 1, blue: evil } },
			{ focus: evil },
			{ rotation: evil as 180 },
			{ crop: { x: 0, y: evil, width: 1, height: 1 } },
			{ size: { width: evil, height: 480 } },
		]) {
			const { sensor, start } = await started(fake, (path) => oneShot(path, { ...lens, ...changed }))
			expect(start).toEqual({ ok: true, value: true })
			expect(await sensor.shoot(minute)).toMatchObject({
				fault: { detail: 'the camera was not started: a shell could take its settings for commands' },
			})
		}
		const directory = inMemory(`${fake.home}/${word}`)
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
		expect(await inMemory(onDisk).open()).toMatchObject({
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
		expect(await inMemory(path).open()).toMatchObject({ ok: true })
		expect(await readdir(path)).toEqual([])
		expect(existsSync(join(fake.home, 'other.jpg'))).toBe(true)
		const link = join(fake.home, 'elsewhere')
		await symlink(path, link)
		expect(await inMemory(link).open()).toMatchObject({
			fault: { detail: `${link} is no directory: remove it` },
		})
	})
})
