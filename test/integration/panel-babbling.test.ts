import { describe, expect, test } from 'vitest'
import type { PanelInput } from '#src/panel/dialect.js'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import type { Screen } from '#src/panel/screens.js'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { NextionEmulator } from '../support/panel/nextion-emulator.ts'
import { PanelOnCable } from '../support/panel/panel-on-cable.ts'
import { withoutSocat } from '../support/serial-cable.ts'
import { shortOrLong } from '../support/short-or-long.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const ready: Screen = ['LISTO', 'Ponga un acta', '', 'G12 R9       SIN RED']
const asking: Screen = ['¿De otra elección?', 'Botón: guardar foto', '', 'G12 R9       SIN RED']

/** The real dialect, which also counts. */
class CountingDialect extends LcdDialect {
	heard = 0

	override hear(bytes: Uint8Array): readonly PanelInput[] {
		this.heard += bytes.length
		return super.hear(bytes)
	}
}

/** The same bytes on every run: letters, controls and 0xFF, in no order. */
function garbage(length: number): Uint8Array {
	let state = 1
	return Uint8Array.from({ length }, () => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
		return state >> 16
	})
}

describe.skipIf(withoutSocat !== null)(`a display that babbles ${withoutSocat ?? ''}`, () => {
	test('is heard in part only, as much as the clock allows, and is drawn on all the same', async () => {
		const display = new LcdEmulator()
		const clock = new SimulatedClock()
		const dialect = new CountingDialect('A00')
		const on = await PanelOnCable.make(dialect, { clock, writeMs: 1e9, idleMs: 1e9 })
		await on.startWith(display, ready)
		on.cable.say(garbage(200_000))
		await on.until(() => on.troubles.length > 0)
		for (let time = 0; time < shortOrLong({ short: 2, long: 8 }); time++) {
			await on.shows(display, asking)
			await on.shows(display, ready)
		}
		const seconds = Math.ceil(clock.monotonic() / 1_000) + 1
		expect(dialect.heard).toBeLessThanOrEqual(seconds * (2_048 + 512))
		expect(on.troubles).toEqual(['babbling'])
	})

	test('is heard again when it has come to its senses', async () => {
		const display = new NextionEmulator()
		const on = await PanelOnCable.make(new NextionDialect())
		let presses = 0
		await on.panel.button.start(() => presses++)
		await on.startWith(display, ready)
		on.cable.say(garbage(5_000))
		await on.until(() => on.troubles.includes('babbling'))
		on.cable.say(Uint8Array.of(0xff, 0xff, 0xff))
		const before = presses
		on.cable.say(display.touch())
		await on.until(() => presses > before)
		await on.shows(display, asking)
	})
})
