import { beforeEach, expect, test } from 'vitest'
import { ClockCheck } from '#src/central/clock-check.js'
import { instant } from '#src/platform/clock.js'
import type { ClockSource } from '#src/platform/clock-source.js'
import { DeviceStatus } from '#src/protocol/device-status.js'
import { SimulatedClock } from '../support/simulated-clock.ts'

const built = Date.UTC(2026, 10, 22)
const now = Date.UTC(2026, 11, 6, 23, 10)
const day = 86_400_000

let clock: SimulatedClock
let source: ClockSource
let check: ClockCheck

beforeEach(() => {
	clock = new SimulatedClock(now)
	source = 'rtc'
	check = new ClockCheck({ clock, clockSource: async () => source, built })
})

function says(device: string, wall: number, own: ClockSource | null = 'rtc', more: object = {}): void {
	const kiosk = own && { canScan: true, trouble: null, clock: own, actas: 0 }
	const online = { v: 1, device, state: 'online', software: 'testigo test', recorded: 0, received: 0 }
	check.note(DeviceStatus.parse({ ...online, kiosk, time: instant(wall), ...more }))
}

const code = async () => (await check.fault())?.code ?? null

test('a clock before the build is refused, from the first moment after it no more', async () => {
	clock.set(built - 1)
	expect(await check.fault()).toMatchObject({
		code: 'clock-behind',
		detail: expect.stringContaining('set the clock'),
	})
	await clock.advance(1_000)
	expect(await code()).toBeNull()
})

test('a jump is seen at once, not at the next look', async () => {
	expect(await code()).toBeNull()
	clock.set(0)
	expect(await code()).toBe('clock-behind')
	clock.set(now)
	expect(await code()).toBeNull()
})

test.each([
	['2045, and three kiosks say today', 3, Date.UTC(2045, 0, 1), 'rtc', 'clock-far'],
	['2030, and two say otherwise: too few', 2, Date.UTC(2030, 0, 1), 'rtc', null],
	['2045, and nobody says anything', 0, Date.UTC(2045, 0, 1), 'rtc', 'clock-far'],
	['2045 by a time server, and nobody says anything', 0, Date.UTC(2045, 0, 1), 'ntp', null],
	['2045 by a time server: it is the kiosks that are wrong', 3, Date.UTC(2045, 0, 1), 'ntp', null],
	['a day behind', 3, now - day, 'none', null],
	['a day and a second behind', 3, now - day - 1_000, 'none', 'clock-far'],
] as const)('%s', async (_, devices, wall, own, expected) => {
	clock.set(wall)
	source = own
	for (let index = 0; index < devices; index++) says(`k-${index}`, now)
	expect(await code()).toBe(expected)
})

test('what devices say keeps its distance when our own clock jumps, and lapses after an hour', async () => {
	for (const device of ['k-1', 'k-2', 'k-3']) says(device, now)
	expect(await code()).toBeNull()
	clock.set(Date.UTC(2030, 0, 1))
	expect(await code()).toBe('clock-far')
	await clock.advance(3_600_001)
	expect(await code()).toBeNull()
})

test('most decide: neither one that says much, nor those without a clock, nor a last will', async () => {
	for (const device of ['k-1', 'k-2', 'k-3']) says(device, now)
	for (let index = 0; index < 9; index++) says('k-liar', Date.UTC(2045, 0, 1))
	for (let index = 0; index < 9; index++) {
		says(`k-old-${index}`, 0, 'none')
		says(`k-silent-${index}`, 0, null)
		says(`k-gone-${index}`, 0, 'rtc', { state: 'offline' })
		says(`k-will-${index}`, 0, 'rtc', { time: null })
	}
	expect(await code()).toBeNull()
})
