import { expect, test } from 'vitest'
import { Contact } from '#src/capture/gpio/contact.js'
import { GpioButton } from '#src/capture/gpio/gpio-devices.js'
import type { InputLine } from '#src/capture/gpio/lines.js'
import { mergeButtons } from '#src/capture/merged-button.js'
import { TouchButton } from '#src/panel/touch-button.js'
import { ok } from '#src/platform/result.js'
import { SimulatedClock } from '../support/simulated-clock.ts'

const holdMs = 3_000

/** A button on a line whose level is `pressed` when it is first looked at; what it tells is in `told`. */
async function gpioButton(pressed = false) {
	const clock = new SimulatedClock()
	const told: string[] = []
	let drive: (high: boolean) => void = () => {}
	const line: InputLine = {
		start: async (on) => {
			drive = on
			on(!pressed)
			return ok(true as const)
		},
		stop: async () => {},
	}
	const contact = new Contact(line, { clock, active: 'low', debounceMs: 30 })
	const button = new GpioButton(contact, ({ detail }) => expect.fail(detail), { clock, holdMs })
	const listen = () =>
		button.start(
			() => told.push('press'),
			(since) => told.push(`hold since ${since}`),
		)
	await listen()
	const press = async (milliseconds: number) => {
		drive(false)
		await clock.advance(milliseconds)
		drive(true)
		await clock.advance(100)
	}
	return { clock, told, press, button, drive: (high: boolean) => drive(high) }
}

test('each time it goes down it is one of the two, and a hold is told while it lasts', async () => {
	const { clock, told, press, drive } = await gpioButton()
	await press(200)
	expect(told).toEqual(['press'])
	await press(holdMs + 200)
	expect(told).toEqual(['press', 'hold since later'])
	drive(false)
	await clock.advance(holdMs + 100)
	expect(told).toEqual(['press', 'hold since later', 'hold since later'])
	await clock.advance(60_000)
	drive(true)
	await clock.advance(100)
	expect(told).toHaveLength(3)
})

test('held when it is first looked at', async () => {
	const { clock, told, press, drive } = await gpioButton(true)
	await clock.advance(holdMs + 100)
	expect(told).toEqual(['hold since start'])
	drive(true)
	await clock.advance(100)
	await press(holdMs + 100)
	expect(told).toEqual(['hold since start', 'hold since later'])
})

test('a button that is stopped while it is down tells nothing more', async () => {
	const { clock, told, button, drive } = await gpioButton()
	drive(false)
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
