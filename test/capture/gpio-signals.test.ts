import { expect, test } from 'vitest'
import type { GpioFault, OutputLine } from '#src/capture/gpio/lines.js'
import { GpioSignals } from '#src/capture/signals/gpio-signals.js'
import { dark, type Sound } from '#src/capture/signals/signals.js'
import { fail, ok, type Result } from '#src/platform/result.js'
import { SimulatedClock } from '../support/simulated-clock.ts'

/** Keeps when it was set to what. */
class KeptLine implements OutputLine {
	readonly #clock: SimulatedClock
	readonly changes: [number, boolean][] = []
	refuses = false

	constructor(clock: SimulatedClock) {
		this.#clock = clock
	}

	async start(high: boolean): Promise<Result<true, GpioFault>> {
		this.set(high)
		return this.refuses ? fail('gpio', 'in use') : ok(true)
	}

	set(high: boolean): void {
		this.changes.push([this.#clock.monotonic(), high])
	}

	async stop(high: boolean): Promise<void> {
		this.set(high)
	}
}

function signals() {
	const clock = new SimulatedClock()
	const lines = { light: new KeptLine(clock), green: new KeptLine(clock), buzzer: new KeptLine(clock) }
	const troubles: string[] = []
	const shown = new GpioSignals(
		{
			light: { line: lines.light, active: 'high' },
			green: { line: lines.green, active: 'low' },
			buzzer: { line: lines.buzzer, active: 'high' },
		},
		clock,
		({ detail }) => troubles.push(detail),
	)
	return { clock, shown, troubles, ...lines }
}

test('dark at the start and after the end, at either active level; what is not connected is passed over', async () => {
	const { shown, light, green } = signals()
	await shown.start()
	shown.show({ ...dark, light: true, green: true, red: true })
	await shown.stop()
	expect(light.changes.map(([, high]) => high)).toEqual([false, true, false])
	expect(green.changes.map(([, high]) => high)).toEqual([true, false, true])
})

test('a lamp is switched only when it changes, a sound begins only when it is another', async () => {
	const { clock, shown, green, buzzer } = signals()
	await shown.start()
	const recorded = { ...dark, green: true, buzzer: 'recorded' as const }
	shown.show(recorded)
	await clock.advance(1000)
	shown.show(recorded)
	await clock.advance(1000)
	shown.show(dark)
	shown.show(recorded)
	await clock.advance(1000)
	expect(green.changes.map(([, high]) => high)).toEqual([true, false, true, false])
	expect(buzzer.changes).toEqual([
		[0, false],
		[0, true],
		[400, false],
		[2000, true],
		[2400, false],
	])
})

test('each sound is known by its beeps; a new one cuts the old one off', async () => {
	const beeps = async (...sounds: Sound[]) => {
		const { clock, shown, buzzer } = signals()
		await shown.start()
		for (const sound of sounds) {
			shown.show({ ...dark, buzzer: sound })
			await clock.advance(sound === sounds.at(-1) ? 5000 : 100)
		}
		return buzzer.changes.slice(1)
	}
	const count = (changes: [number, boolean][]) => changes.filter(([, high]) => high).length
	expect(count(await beeps('recorded'))).toBe(1)
	expect(count(await beeps('already-scanned'))).toBe(2)
	expect(count(await beeps('trouble'))).toBe(3)
	const cut = await beeps('trouble', 'recorded')
	expect(cut).toEqual([
		[0, true],
		[100, true],
		[500, false],
	])
	for (const sound of ['recorded', 'already-scanned', 'trouble'] as const) {
		expect((await beeps(sound)).at(-1)?.[1]).toBe(false)
	}
})

test('a line that can’t be had is told of, and the others work', async () => {
	const { shown, light, green, troubles } = signals()
	light.refuses = true
	await shown.start()
	shown.show({ ...dark, green: true })
	expect(troubles).toEqual(['in use'])
	expect(green.changes.at(-1)?.[1]).toBe(false)
})
