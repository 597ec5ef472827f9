import { expect, test } from 'vitest'
import { Contact } from '#src/capture/gpio/contact.js'
import { GpioButton, GpioTray } from '#src/capture/gpio/gpio-devices.js'
import type { GpioFault, InputLine, OnLevel } from '#src/capture/gpio/lines.js'
import { mergeButtons } from '#src/capture/merged-button.js'
import { TouchButton } from '#src/panel/touch-button.js'
import { fail, ok, type Result } from '#src/platform/result.js'
import { SimulatedClock } from '../../support/simulated-clock.ts'

/** A line that the test drives by hand. */
class HandLine implements InputLine {
	refuses = false
	/** Its level when it is first looked at. */
	first = true
	drive: OnLevel = () => {}

	async start(on: OnLevel): Promise<Result<true, GpioFault>> {
		if (this.refuses) return fail('gpio', 'in use')
		this.drive = on
		on(this.first)
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

/** What a contact tells of edges that come all at once, as on a busy machine: to and fro, by the source's times. */
async function toldAtOnce(high: boolean, times: readonly (number | undefined)[]) {
	const { clock, line, contact: sensor } = contact()
	const told: boolean[] = []
	line.first = high
	await sensor.start((made) => told.push(made))
	await clock.advance(1_000)
	let level = high
	for (const atMs of times) {
		level = !level
		line.drive(level, atMs)
	}
	const atOnce = told.length
	await clock.advance(1_000)
	return { told, atOnce }
}

test.each([
	['a press that was long enough', [7_000, 7_150], [true, false]],
	['one that was just long enough', [7_000, 7_030], [true, false]],
	['one that was just too short', [7_000, 7_029.9], []],
	['one that bounces', [10, 12, 14, 160, 162, 164], [true, false]],
	['two presses', [0, 150, 300, 450], [true, false, true, false]],
	['a second that is not over', [0, 150, 300], [true, false, true]],
	['a blip', [7_000, 7_005], []],
	['blips that are long together', [0, 20, 22, 42], []],
	['a press of no known length', [undefined, undefined], []],
	['presses with one end known', [0, undefined, 150, undefined], []],
	['a clock that was set back', [7_000, 5_000], []],
])('edges that come at once: %s', async (_, times, told) => {
	expect((await toldAtOnce(true, times)).told).toEqual(told)
})

test('a press is told of as soon as its end is known; the end, when that has stood', async () => {
	expect(await toldAtOnce(true, [0, 150])).toEqual({ told: [true, false], atOnce: 1 })
})

test('a tray that was lifted for a moment is told of, though both edges come at once; one that flutters is not', async () => {
	expect((await toldAtOnce(false, [0, 150])).told).toEqual([true, false, true])
	expect((await toldAtOnce(false, [0, 5])).told).toEqual([true])
})

test('a press whose edges come at once is a press of the button', async () => {
	const { clock, line, told } = await gpioButton()
	line.drive(false, 0)
	line.drive(true, 150)
	await clock.advance(100)
	expect(told).toEqual(['press'])
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
	line.first = false
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

const holdMs = 3_000

/** A button on a line whose level is `pressed` when it is first looked at; what it tells is in `told`. */
async function gpioButton(pressed = false) {
	const { clock, line, contact: button } = contact()
	const told: string[] = []
	line.first = !pressed
	const held = new GpioButton(button, unexpected, { clock, holdMs })
	await held.start(
		() => told.push('press'),
		(since) => told.push(`hold since ${since}`),
	)
	const press = async (milliseconds: number) => {
		line.drive(false)
		await clock.advance(milliseconds)
		line.drive(true)
		await clock.advance(100)
	}
	return { clock, told, press, line, button: held }
}

test('each time it goes down it is one of the two, and a hold is told while it lasts', async () => {
	const { clock, told, press, line } = await gpioButton()
	await press(200)
	expect(told).toEqual(['press'])
	await press(holdMs + 200)
	expect(told).toEqual(['press', 'hold since later'])
	line.drive(false)
	await clock.advance(holdMs + 100)
	expect(told).toEqual(['press', 'hold since later', 'hold since later'])
	await clock.advance(60_000)
	line.drive(true)
	await clock.advance(100)
	expect(told).toHaveLength(3)
})

test('held when it is first looked at', async () => {
	const { clock, told, press, line } = await gpioButton(true)
	await clock.advance(holdMs + 100)
	expect(told).toEqual(['hold since start'])
	line.drive(true)
	await clock.advance(100)
	await press(holdMs + 100)
	expect(told).toEqual(['hold since start', 'hold since later'])
})

test('a button that is stopped while it is down tells nothing more', async () => {
	const { clock, told, button, line } = await gpioButton()
	line.drive(false)
	await clock.advance(1_000)
	await button.stop()
	await clock.advance(holdMs)
	expect(told).toEqual([])
})

test('one button for tray and answer: a hold lays no paper', async () => {
	const told: string[] = []
	const pressed = {
		start: async (onPress: () => void, onHold: (since: 'start' | 'later') => void = () => {}) => {
			onPress()
			onHold('later')
		},
		stop: async () => {},
	}
	const { button, tray } = mergeButtons(pressed)
	await tray.start((event) => told.push(event))
	await button.start(
		() => told.push('press'),
		() => told.push('hold'),
	)
	expect(told).toEqual(['paper', 'press', 'hold'])
	expect(tray.isButton).toBe(true)
})

test('a display that tells when a touch ends can be held; one that does not never is', async () => {
	const clock = new SimulatedClock()
	const told: string[] = []
	const touch = new TouchButton(clock, holdMs)
	await touch.start(
		() => told.push('press'),
		() => told.push('hold'),
	)
	touch.pressed()
	await clock.advance(60_000)
	touch.pressed()
	expect(told).toEqual(['press', 'press'])
	touch.released()
	const hold = async (milliseconds: number) => {
		touch.pressed()
		await clock.advance(milliseconds)
		touch.released()
		touch.released()
	}
	await hold(200)
	await hold(holdMs)
	expect(told).toEqual(['press', 'press', 'press', 'hold'])
})
