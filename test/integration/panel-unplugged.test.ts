/** A cable that is pulled, and what hangs at it afterwards: the same display, none, or another. */
import { stat } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import type { Screen } from '#src/panel/screens.js'
import { kinds } from '../support/panel/emulated.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { NextionEmulator } from '../support/panel/nextion-emulator.ts'
import { PanelOnCable } from '../support/panel/panel-on-cable.ts'
import { withoutSocat } from '../support/serial-cable.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const before: Screen = ['¡OJO! La Nº 9', 'dice OTROS votos', 'áéíóúñ', 'G12 R9       SIN RED']
const meanwhile: Screen = ['FOTO...', 'No mueva el acta', '', 'G12 R9       SIN RED']
const after: Screen = ['¿De otra elección?', 'Botón: guardar foto', 'ñandú', 'G13 R9       SIN RED']

describe.skipIf(withoutSocat !== null).each(kinds)(`$kind ${withoutSocat ?? ''}`, ({ dialect, emulator }) => {
	test('unplugged while nothing was written: the screen of now is there when it is back', async () => {
		const on = await PanelOnCable.make(dialect())
		const display = emulator()
		await on.startWith(display, before)
		await on.cable.unplug()
		await on.until(() => on.troubles.length > 0)
		expect(on.troubles[0]).toBe('lost')
		on.panel.show(meanwhile, 'quiet')
		on.panel.show(after, 'trouble')
		display.restart()
		await on.cable.plug(display)
		await on.untilOn(display, after)
	})

	test('unplugged in the middle of a write, with its power kept: it is not read as part of a command', async () => {
		const on = await PanelOnCable.make(dialect())
		const display = emulator()
		await on.panel.start()
		on.panel.show(before, 'attention')
		for (const bytes of [3, 17, 40, 101, 150]) {
			let left = bytes
			const begun = on.begun
			await on.cable.plug({
				take: (all) => {
					const answer = display.take(all.subarray(0, left))
					left = Math.max(0, left - all.length)
					return answer
				},
			})
			await on.until(() => on.begun > begun && left === 0)
			await on.cable.unplug()
		}
		on.panel.show(after, 'trouble')
		await on.cable.plug(display)
		await on.untilOn(display, after)
	})

	test('not there at all: everything goes on, it is told once, and it is drawn when it comes', async () => {
		const on = await PanelOnCable.make(dialect())
		await on.panel.start()
		on.panel.show(before, 'attention')
		await on.until(() => on.pauses > 5)
		expect(on.troubles).toEqual(['unavailable'])
		expect(on.begun).toBe(0)
		const display = emulator()
		await on.cable.plug(display)
		await on.untilOn(display, before)
	})

	test('unplugged, nothing goes on in a loop: no try to open it before the clock allows one', async () => {
		const clock = new SimulatedClock()
		const on = await PanelOnCable.make(dialect(), {
			clock,
			writeMs: 1e9,
			reopen: { firstMs: 1_000, mostMs: 1_000 },
		})
		await on.startWith(emulator(), before)
		await on.cable.unplug()
		await on.until(() => on.troubles.includes('lost'))
		const pauses = on.pauses
		// The clock stands. An opening would go through the same threads as this look does, and be over with it.
		for (let time = 0; time < 200; time++) {
			on.panel.show(time % 2 ? meanwhile : after, 'trouble')
			await expect(stat(on.cable.port)).rejects.toThrow('ENOENT')
		}
		expect(on.pauses - pauses).toBeLessThanOrEqual(1)
		for (let second = 0; second < 100; second++) await clock.advance(1_000)
		// Between two openings half of 1 s at least, of 100 s.
		expect(on.pauses - pauses).toBeLessThanOrEqual(201)
	})

	test('when the kiosk ends, the display is empty', async () => {
		const on = await PanelOnCable.make(dialect())
		const display = emulator()
		await on.startWith(display, before)
		await on.panel.stop()
		await on.until(() => display.text().join('').trim() === '')
		on.panel.show(after, 'trouble')
	})

	test('unplugged just before the kiosk ends, it keeps nobody waiting for a write', async () => {
		const on = await PanelOnCable.make(dialect(), { writeMs: 600_000 })
		await on.startWith(emulator(), before)
		await on.cable.unplug()
		on.panel.show(after, 'trouble')
		await on.panel.stop()
	})

	const isSilent = emulator().restart().length === 0
	test.skipIf(isSilent)(
		'switched off and on behind an open port, it says so and is drawn again',
		async () => {
			const on = await PanelOnCable.make(dialect())
			const display = emulator()
			await on.startWith(display, before)
			const begun = on.begun
			on.cable.say(display.restart())
			await on.until(() => on.begun > begun)
			await on.untilOn(display, before)
			expect(on.troubles).toEqual([])
		},
	)
})

describe.skipIf(withoutSocat !== null)(`another display at the same place ${withoutSocat ?? ''}`, () => {
	test('of the same kind: it gets the letters and the screen', async () => {
		const on = await PanelOnCable.make(new LcdDialect('A00'))
		await on.startWith(new LcdEmulator(), before)
		for (let time = 0; time < 2; time++) {
			await on.cable.unplug()
			const display = new LcdEmulator()
			await on.cable.plug(display)
			await on.untilOn(display, before)
		}
	})

	test('of another kind: whatever it makes of it, the right one is drawn when it is back', async () => {
		const on = await PanelOnCable.make(new LcdDialect('A00'))
		await on.panel.start()
		on.panel.show(before, 'quiet')
		await on.cable.plug(new NextionEmulator())
		await on.until(() => on.cable.arrived > 150)
		on.panel.show(after, 'good')
		await on.cable.unplug()
		const display = new LcdEmulator()
		await on.cable.plug(display)
		await on.untilOn(display, after)
	})

	test('a Nextion with another project on it: what it refuses is told, once for each kind', async () => {
		const on = await PanelOnCable.make(new NextionDialect())
		const display = new NextionEmulator()
		let lines = 0
		await on.cable.plug({
			take: (bytes) => {
				// Its project has no text fields: it says so for each line.
				const sets = Buffer.from(bytes).toString('latin1').split('.txt=').length - 1
				lines += sets
				const refusals = Array.from({ length: sets }, () => [0x1a, 0xff, 0xff, 0xff])
				return Buffer.concat([display.take(bytes), Uint8Array.from(refusals.flat())])
			},
		})
		await on.panel.start()
		on.panel.show(before, 'quiet')
		await on.until(() => on.troubles.includes('refused'))
		on.panel.show(after, 'good')
		await on.until(() => lines > 5 && display.text()[0] === after[0])
		expect(on.troubles).toEqual(['refused'])
	})
})
