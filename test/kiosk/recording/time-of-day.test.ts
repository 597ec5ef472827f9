import { expect, test } from 'vitest'
import { largestLeadMs, TimeOfDay } from '#src/kiosk/recording/time-of-day.js'
import type { ClockSource } from '#src/platform/clock-source.js'
import { SimulatedClock } from '../../support/simulated-clock.ts'

const built = Date.UTC(2026, 10, 22)
const now = Date.UTC(2026, 11, 6, 23, 10)
const minute = 60_000

function claimed(wall: number, source: ClockSource, receipt: number | null) {
	const parts = { clock: new SimulatedClock(wall), clockSource: async () => source, floor: built }
	return new TimeOfDay({ ...parts, notBefore: () => receipt }).now()
}

test.each([
	['no receipt', now, 'rtc', null, now, 'rtc'],
	['behind a receipt by a minute', now, 'rtc', now + minute, now, 'rtc'],
	['behind a receipt by more', now, 'rtc', now + minute + 1, now + minute + 1, 'receipt'],
	['ahead of a receipt', now, 'none', now - minute, now, 'none'],
	['set by a time server', now, 'ntp', now + 2 * minute, now, 'ntp'],
	['1970, said to be of a time server', 0, 'ntp', now, now, 'receipt'],
	['1970', 0, 'none', now, now, 'receipt'],
	[
		'with a battery, a receipt of the limit',
		now,
		'rtc',
		now + largestLeadMs.rtc,
		now + largestLeadMs.rtc,
		'receipt',
	],
	['with a battery, a receipt beyond it', now, 'rtc', now + largestLeadMs.rtc + 1, now, 'rtc'],
	['a battery that is empty', 0, 'rtc', now, now, 'receipt'],
	['without a battery, a receipt of 2045', now, 'none', Date.UTC(2045, 0, 1), now, 'none'],
	['1970, a receipt of 2045', 0, 'none', Date.UTC(2045, 0, 1), 0, 'none'],
	['1970, a receipt of 1970', 0, 'none', 2 * minute, 0, 'none'],
	['1970, the last receipt before the build', 0, 'none', built - 1, 0, 'none'],
] as const)('%s', async (_, wall, source, receipt, told, from) => {
	expect(await claimed(wall, source, receipt)).toMatchObject({ wall: told, source: from })
})
