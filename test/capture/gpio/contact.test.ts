import { expect, test } from 'vitest'
import { Contact } from '#src/capture/gpio/contact.js'
import { GpioButton, GpioTray } from '#src/capture/gpio/gpio-devices.js'
import type { GpioFault, InputLine } from '#src/capture/gpio/lines.js'
import { mergeButtons } from '#src/capture/merged-button.js'
import { fail, ok, type Result } from '#src/platform/result.js'
import { SimulatedClock } from '../../support/simulated-clock.ts'

/** A line that the test drives by hand. */
class HandLine implements InputLine {
	refuses = false
	drive: (high: boolean) => void = () => {}

	async start(on: (high: boolean) => void): Promise<Result<true, GpioFault>> {
		if (this.refuses) return fail('gpio', 'in use')
		this.drive = on
		on(true)
		return ok(true)
	}

	async stop(): Promise<void> {
		this.drive = () => {}
	}
}

function contact() {
	const clock = new SimulatedClock()
	const line = new HandLine()
	return { clock, line, contact: new Contact(line, { clock, active: 'low', debounceMs: 30 }) }
}

const unexpected = (fault: GpioFault) => expect.fail(fault.detail)

test('a press that bounces is one press, and a blip is none', async () => {
	const { clock, line, contact: pressed } = contact()
	let presses = 0
	await new GpioButton(pressed, unexpected).start(() => presses++)
	for (const high of [false, true, false, true, false]) {
		line.drive(high)
		await clock.advance(5)
	}
	expect(presses).toBe(0)
	await clock.advance(30)
	expect(presses).toBe(1)
	line.drive(true)
	await clock.advance(29)
	line.drive(false)
	await clock.advance(1000)
	expect(presses).toBe(1)
	line.drive(true)
	await clock.advance(30)
	line.drive(false)
	await clock.advance(30)
	expect(presses).toBe(2)
})

test('a level that is told again and again, as by polling, counts from the first time', async () => {
	const { clock, line, contact: pressed } = contact()
	let presses = 0
	await new GpioButton(pressed, unexpected).start(() => presses++)
	for (let look = 0; look < 10; look++) {
		line.drive(false)
		await clock.advance(10)
	}
	expect(presses).toBe(1)
})

test('a tray tells of a paper, also of one that lies there at the start, and of its going', async () => {
	const { clock, line, contact: sensor } = contact()
	const events: string[] = []
	const tray = new GpioTray(sensor, unexpected)
	line.start = async (on) => {
		line.drive = on
		on(false)
		return ok(true)
	}
	await tray.start((event) => events.push(event))
	await clock.advance(30)
	line.drive(true)
	await clock.advance(30)
	expect(events).toEqual(['paper', 'no-paper'])
	line.drive(false)
	await tray.stop()
	await clock.advance(1000)
	expect(events).toEqual(['paper', 'no-paper'])
})

test('a line that can’t be had is told of', async () => {
	const { line, contact: sensor } = contact()
	line.refuses = true
	const troubles: string[] = []
	await new GpioTray(sensor, ({ detail }) => troubles.push(detail)).start(() => {})
	expect(troubles).toEqual(['in use'])
})

test('one button is tray and button, until either is stopped', async () => {
	let press = () => {}
	const told: string[] = []
	const { button, tray } = mergeButtons({
		start: async (onPress) => {
			press = onPress
		},
		stop: async () => {},
	})
	await button.start(() => told.push('yes'))
	press()
	await tray.start((event) => told.push(event))
	press()
	await tray.stop()
	press()
	expect(told).toEqual(['yes', 'paper', 'yes', 'yes'])
})
