/** The devices as a configuration names them, with stand-ins of a camera's and libgpiod's programs. */
import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { dark, noSignals } from '#src/capture/signals/signals.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import { composeDevices } from '#src/kiosk/devices/compose-devices.js'
import type { KioskEvent } from '#src/kiosk/events.js'
import { type Clock, systemClock } from '#src/platform/clock.js'
import { someCustodian } from '../support/custodian.ts'
import { FakeCamera, lens } from '../support/fake-camera.ts'
import { installFakeGpio } from '../support/fake-gpio.ts'
import { edgeLine } from '../support/gpio-programs.ts'
import { SkippingClock } from '../support/skipping-clock.ts'

const patience = { timeout: 120_000, interval: 10 }
const wired = {
	tray: { kind: 'gpio', line: 17, debounce: 1 },
	signals: { light: { line: 5 }, red: { line: 6, active: 'low' }, green: { line: 13 } },
}

async function composed(fake: FakeCamera, kind = 'libcamera', simulated = {}, clock: Clock = systemClock) {
	const events: KioskEvent[] = []
	const cameras = [lens, { ...lens, camera: 1, role: 'bottom' }]
	const camera = { kind, cameras, directory: join(fake.home, 'camera') }
	const config = KioskConfig.parse({ production: true, custodians: [someCustodian], ...wired, camera })
	const log = (event: KioskEvent) => void events.push(event)
	const devices = await composeDevices(config, { clock, log, simulated })
	return { devices, events }
}

test.each(['libcamera', 'libcamera-warm'] as const)('a rig of two by %s', async (kind) => {
	const fake = await FakeCamera.install()
	await installFakeGpio(2)
	const { devices } = await composed(fake, kind)
	const { camera } = devices.ok ? devices.value : expect.fail(devices.fault.detail)
	onTestFinished(() => camera.stop())
	expect(await camera.start()).toEqual({ ok: true, value: true })
	const shot = await camera.capture()
	expect(shot.ok && shot.value.map(({ role, origin }) => `${role} ${origin}`)).toEqual([
		'top camera 2',
		'bottom camera 1',
	])
	for (const number of [1, 2]) expect(await readdir(join(fake.home, 'camera', `${number}`))).toEqual([])
})

test('one camera of two is gone: the other goes on, it is told, and it comes back by itself', async () => {
	const fake = await FakeCamera.install()
	await installFakeGpio(2)
	const clock = new SkippingClock()
	const { devices, events } = await composed(fake, 'libcamera-warm', {}, clock)
	const { camera } = devices.ok ? devices.value : expect.fail(devices.fault.detail)
	onTestFinished(() => camera.stop())
	await camera.start()
	await fake.next('dies', 1)
	const roles = async () => {
		const shot = await camera.capture()
		return shot.ok ? shot.value.map(({ role }) => role) : expect.fail(shot.fault.detail)
	}
	expect([await roles(), camera.away]).toEqual([['top'], [1]])
	const troubles = events.filter(({ event }) => event === 'trouble')
	expect(troubles).toMatchObject([
		{ device: 'camera', fault: { detail: 'camera 1: the camera is not running: rpicam-still ended (3)' } },
	])
	await fake.next('good', 1)
	clock.skip(20_000)
	await vi.waitUntil(() => events.some(({ event }) => event === 'camera-back'), patience)
	expect(events.at(-1)).toEqual({ event: 'camera-back', camera: 1 })
	expect([await roles(), camera.away]).toEqual([['top', 'bottom'], []])
})

test('tray and lamps by the way that was found, which is told', async () => {
	const fake = await FakeCamera.install()
	const { home, kept } = await installFakeGpio(2)
	const { devices, events } = await composed(fake)
	const { tray, signals } = devices.ok ? devices.value : expect.fail(devices.fault.detail)
	onTestFinished(() => signals.stop())
	onTestFinished(() => tray.stop())
	expect(events).toMatchObject([{ event: 'device', device: 'gpio', way: 'tools' }])

	const told: string[] = []
	await tray.start((event) => told.push(event))
	await appendFile(join(home, 'edges'), edgeLine(2, false))
	await vi.waitUntil(() => told.length === 1, patience)
	await appendFile(join(home, 'edges'), edgeLine(2, true))
	await vi.waitUntil(() => told.length === 2, patience)
	expect(told).toEqual(['paper', 'no-paper'])

	await signals.start()
	await vi.waitUntil(async () => (await kept('held')).length === 3, patience)
	signals.show({ ...dark, light: true, green: true })
	await vi.waitUntil(async () => (await kept('held')).length === 5, patience)
	await signals.stop()
	const held = await kept('held')
	expect(held.filter((set) => set.startsWith('5='))).toEqual(['5=0', '5=1', '5=0'])
	expect(held.filter((set) => set.startsWith('6='))).toEqual(['6=1', '6=1'])
	expect(held.filter((set) => set.startsWith('13='))).toEqual(['13=0', '13=1', '13=0'])
})

test('without a way to the lines it says why, and refuses to start without anything that tells of a paper', async () => {
	const fake = await FakeCamera.install()
	vi.stubEnv('PATH', fake.bin)
	const { devices, events } = await composed(fake)
	expect(devices).toMatchObject({ fault: { code: 'no-tray' } })
	expect(events).toMatchObject([{ event: 'trouble', device: 'gpio', fault: { code: 'no-gpio' } }])
})

test('in production nothing is simulated', async () => {
	const fake = await FakeCamera.install()
	const { devices } = await composed(fake, 'libcamera', { signals: noSignals })
	expect(devices).toEqual({
		ok: false,
		fault: { code: 'simulated', detail: 'in production no signals may be simulated' },
	})
})
