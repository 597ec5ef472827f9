/** A centre whose clock is wrong: nothing that it would date is signed, and nothing is lost. */
import { expect, onTestFinished, test } from 'vitest'
import { openReceipt } from '#src/evidence/receipt.js'
import { systemClock } from '#src/platform/clock.js'
import type { ClockSource } from '#src/platform/clock-source.js'
import { EmbeddedBroker } from '#src/simulator/embedded-broker.js'
import { Station } from '../support/uplink-station.ts'

const built = Date.UTC(2026, 10, 22)

/** Goes on by itself from where it was set last. */
function settableClock(wall: number) {
	let lead = wall - systemClock.monotonic()
	return {
		...systemClock,
		wall: () => systemClock.monotonic() + lead,
		set(to: number) {
			lead = to - systemClock.monotonic()
		},
	}
}

async function station(): Promise<Station> {
	const broker = new EmbeddedBroker()
	await broker.start()
	const made = new Station(broker.url)
	onTestFinished(async () => {
		await made.stop()
		await broker.stop()
	})
	return made
}

const options = (clock: ReturnType<typeof settableClock>) => ({
	clock,
	notBefore: built,
	clockSource: async (): Promise<ClockSource> => 'none',
})

test('it does not start before its build, and says what to do', async () => {
	const made = await station()
	const starting = made.startCentral(undefined, false, options(settableClock(0)))
	await expect(starting).rejects.toThrow(/clock-behind.*1970-01-01.*set the clock/)
})

test('set to 1970 while it runs it signs nothing, and goes on once it is right', async () => {
	const made = await station()
	const clock = settableClock(built + 1)
	await made.startCentral(undefined, false, options(clock))
	clock.set(0)
	await made.journal.boot()
	await made.record(2, 1_000)
	const uplink = await made.startUplink()
	await made.logged('clock-refused')
	expect(uplink.received).toBe(0)
	expect(made.ledger()).toEqual([])
	clock.set(built + 1_000)
	await made.until(() => uplink.complete === 3)
	const times = made.ledger().flatMap((line) => {
		const opened = openReceipt(line, made.centreSigner)
		return opened.ok ? [Date.parse(opened.value.receipt.time)] : []
	})
	expect(times.length).toBeGreaterThanOrEqual(3)
	expect(Math.min(...times)).toBeGreaterThanOrEqual(built)
})
