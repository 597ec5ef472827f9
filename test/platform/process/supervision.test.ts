import { expect, test } from 'vitest'
import type { NotifyFault, ServiceManager } from '#src/platform/process/service-manager.js'
import { Supervision, type SupervisionEvent, type Vitals } from '#src/platform/process/supervision.js'
import { type Fault, fail, ok, type Result } from '#src/platform/result.js'
import { SimulatedClock, settled } from '../../support/simulated-clock.ts'

/** A service manager that writes down what it is told, and when. */
class Listener implements ServiceManager {
	readonly watchdogMs: number | null
	readonly clock = new SimulatedClock()
	readonly heard: string[] = []
	readonly events: SupervisionEvent[] = []
	deaf = false

	constructor(watchdog: number | null) {
		this.watchdogMs = watchdog
	}

	async notify(...assignments: string[]): Promise<Result<true, NotifyFault>> {
		if (this.deaf) return fail('notify-failed', 'nobody there')
		this.heard.push(`${this.clock.monotonic() / 1_000} ${assignments.join(' ')}`)
		return ok(true)
	}

	supervision(): Supervision {
		return new Supervision({ manager: this, clock: this.clock, log: (event) => this.events.push(event) })
	}
}

class Patient implements Vitals {
	statusText = 'well'
	fault: Fault | null = null
	hangs = false

	healthFault(): Promise<Fault | null> {
		return this.hangs ? new Promise(() => {}) : Promise.resolve(this.fault)
	}
}

const ill = { code: 'stuck', detail: 'it does not go on' }

test('ready is said once, the watchdog fed at half of its time, and the end told', async () => {
	const listener = new Listener(20_000)
	const supervision = listener.supervision()
	const patient = new Patient()
	await supervision.ready(patient)
	await listener.clock.advance(10_000)
	patient.statusText = 'still well'
	await listener.clock.advance(10_000)
	await supervision.stop()
	await listener.clock.advance(60_000)
	expect(listener.heard).toEqual([
		'0 READY=1 STATUS=well',
		'10 WATCHDOG=1 STATUS=well',
		'20 WATCHDOG=1 STATUS=still well',
		'20 STOPPING=1',
	])
	expect(listener.events).toEqual([])
})

test('while it is unhealthy the watchdog goes hungry, and it is looked at more often', async () => {
	const listener = new Listener(20_000)
	const supervision = listener.supervision()
	const patient = new Patient()
	await supervision.ready(patient)
	patient.fault = ill
	await listener.clock.advance(15_000)
	patient.fault = null
	await listener.clock.advance(2_500)
	expect(listener.heard).toEqual([
		'0 READY=1 STATUS=well',
		'10 STATUS=unhealthy: it does not go on',
		'12.5 STATUS=unhealthy: it does not go on',
		'15 STATUS=unhealthy: it does not go on',
		'17.5 WATCHDOG=1 STATUS=well',
	])
	expect(listener.events).toEqual([{ event: 'unhealthy', fault: ill }, { event: 'recovered' }])
	await supervision.stop()
})

test('a look at its health that comes to no end is unhealthy', async () => {
	const listener = new Listener(20_000)
	const supervision = listener.supervision()
	const patient = new Patient()
	await supervision.ready(patient)
	patient.hangs = true
	await listener.clock.advance(20_000)
	expect(listener.heard.filter((line) => line.includes('WATCHDOG'))).toEqual([])
	expect(listener.events).toMatchObject([{ event: 'unhealthy', fault: { code: 'no-answer' } }])
	await supervision.stop()
	expect(listener.heard.at(-1)).toBe('20 STOPPING=1')
})

test('other vitals take the place of the first without a second ready', async () => {
	const listener = new Listener(20_000)
	const supervision = listener.supervision()
	await supervision.ready({ healthFault: async () => null, statusText: 'waits for the disk' })
	await supervision.ready(new Patient())
	await listener.clock.advance(10_000)
	expect(listener.heard).toEqual([
		'0 READY=1 STATUS=waits for the disk',
		'0 STATUS=well',
		'10 WATCHDOG=1 STATUS=well',
	])
	await supervision.stop()
})

test('a service manager that does not hear is told again soon, and the log once', async () => {
	const listener = new Listener(20_000)
	const supervision = listener.supervision()
	await supervision.ready(new Patient())
	listener.deaf = true
	await listener.clock.advance(12_500)
	listener.deaf = false
	await listener.clock.advance(2_500)
	expect(listener.heard.at(-1)).toBe('15 WATCHDOG=1 STATUS=well')
	expect(listener.events).toEqual([
		{ event: 'notify-failed', fault: { code: 'notify-failed', detail: 'nobody there' } },
	])
	await supervision.stop()
})

test('where nobody watches only the status text is sent', async () => {
	const listener = new Listener(null)
	const supervision = listener.supervision()
	await supervision.ready(new Patient())
	await listener.clock.advance(30_000)
	expect(listener.heard).toEqual(['0 READY=1 STATUS=well', '30 STATUS=well'])
	await supervision.stop()
})

test('without a service manager nothing is looked at', async () => {
	const clock = new SimulatedClock()
	const supervision = new Supervision({ manager: null, clock, log: () => {} })
	let looks = 0
	const healthFault = async () => {
		looks++
		return null
	}
	await supervision.ready({ healthFault, statusText: 'well' })
	await clock.advance(600_000)
	await supervision.stop()
	await settled()
	expect(looks).toBe(0)
})
