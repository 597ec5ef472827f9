import { beforeEach, expect, test } from 'vitest'
import { type Clock, systemClock } from '#src/platform/clock.js'
import { type Station, stationOfTest } from '../../support/uplink-station.js'

let station: Station

beforeEach(async () => {
	station = await stationOfTest()
})

/** Timers of a real system ring a little early, and time passes between two looks at the clock; here more of both. */
function hurriedClock(): Clock {
	let looks = 0
	return {
		wall: systemClock.wall,
		monotonic: () => systemClock.monotonic() + looks++ * 30,
		after: (milliseconds, action) => systemClock.after(Math.max(0, milliseconds - 50), action),
	}
}

test('an entry without a receipt is sent again and again, also by timers that ring a little early', async () => {
	await station.journal.boot()
	const bystander = await station.listen()
	await station.startUplink(station.broker, { clock: hurriedClock() })
	await station.until(() => bystander.messages >= 5)
	expect(bystander.entries).toEqual(new Set([1]))
})
