/** What a wrong clock may not date: a publication says its time for ever, and what is ripe goes by it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { instant } from '#src/platform/clock.js'
import { PublishingClock } from '#src/publishing/publishing-clock.js'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const built = Date.parse('2024-06-01T00:00:00Z')
const hourMs = 3_600_000
const day = 24 * hourMs

async function clockAt(wallMs: number, statuses: readonly unknown[] = []) {
	const directory = await temporaryFolder()
	writeFileSync(join(directory, 'statuses.json'), JSON.stringify({ v: 1, statuses }))
	const clock = new SimulatedClock(wallMs)
	return new PublishingClock({ directory, clock, clockSource: async () => 'none', built })
}

test.each([
	['1970', 10_000, 0, 'clock-behind'],
	['before the last publication', built + day, built + day + hourMs, 'clock-behind'],
	['a minute before it, as another machine may be', built + day, built + day + 60_000, undefined],
	['after it', built + day, built, undefined],
	['decades on', built + 40 * 366 * day, built, 'clock-far'],
])('%s', async (_, wallMs, passedMs, code) => {
	const clock = await clockAt(wallMs)
	expect((await clock.fault(passedMs))?.code).toBe(code)
})

function heardStatus(device: number, heardMs: number, saysMs: number) {
	return {
		heard: instant(heardMs),
		status: {
			...{ v: 1, device: ['k-one', 'k-two', 'k-three'][device], state: 'online', time: instant(saysMs) },
			...{ software: 'testigo/0.1.0', recorded: 0, received: 0 },
			kiosk: { canScan: true, trouble: null, clock: 'rtc', actas: 0 },
		},
	}
}

test('a clock that jumped a week is told by what kiosks say since', async () => {
	const nowMs = built + 30 * day
	const statuses = [0, 1, 2].map((device) => heardStatus(device, nowMs - 30_000, nowMs - 7 * day))
	expect((await (await clockAt(nowMs, statuses)).fault(0))?.code).toBe('clock-far')
	const right = [0, 1, 2].map((device) => heardStatus(device, nowMs - 1_800_000, nowMs - 1_800_000))
	expect(await (await clockAt(nowMs, right)).fault(0)).toBe(null)
	// Heard two hours ago by this clock: it says nothing of a jump since.
	const old = [0, 1, 2].map((device) => heardStatus(device, nowMs - 2 * hourMs, nowMs - 7 * day))
	expect(await (await clockAt(nowMs, old)).fault(0)).toBe(null)
})

test('a clock before what the centre has heard is behind', async () => {
	const clock = await clockAt(built + day, [heardStatus(0, built + 2 * day, built + 2 * day)])
	expect((await clock.fault(0))?.code).toBe('clock-behind')
})
