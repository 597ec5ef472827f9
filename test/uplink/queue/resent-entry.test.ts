import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Clock, systemClock } from '#src/platform/clock.js'
import { EmbeddedBroker } from '#src/simulator/broker.js'
import { Station } from '../../support/uplink-station.js'

let broker: EmbeddedBroker
let station: Station

beforeEach(async () => {
	broker = new EmbeddedBroker()
	await broker.start()
	station = new Station(broker.url)
})

afterEach(async () => {
	await station.stop()
	await broker.stop()
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
