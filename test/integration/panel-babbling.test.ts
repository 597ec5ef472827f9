import { describe, expect, test } from 'vitest'
import type { Heard } from '#src/panel/dialect.js'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import type { Screen } from '#src/panel/screens.js'
import { inDirectory } from '../support/in-directory.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { NextionEmulator } from '../support/panel/nextion-emulator.ts'
import { panelOn, SerialCable, until, withoutSocat } from '../support/serial-cable.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const ready: Screen = ['LISTO', 'Ponga un acta', '', 'G12 R9       SIN RED']
const asking: Screen = ['¿De otra elección?', 'Botón: guardar foto', '', 'G12 R9       SIN RED']

/** The real dialect, which also counts. */
class CountingDialect extends LcdDialect {
	heard = 0

	override hear(bytes: Uint8Array): readonly Heard[] {
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
	test('is heard in part only, as much as the clock allows, and is drawn on all the same', () =>
		inDirectory(async (directory) => {
			const cable = new SerialCable(directory)
			const display = new LcdEmulator()
			const clock = new SimulatedClock()
			const dialect = new CountingDialect('A00')
			await cable.plug(display)
			const { panel, troubles } = panelOn(cable, dialect, { clock, write: 1e9, idle: 1e9 })
			/** Time passes in small steps, each of which lets real bytes pass too. */
			const untilShown = async (screen: Screen) => {
				while (`${display.text()}` !== `${screen}`) {
					await clock.advance(50)
					await new Promise((resolve) => setTimeout(resolve, 1))
				}
			}
			try {
				await panel.start()
				panel.show(ready, 'quiet')
				await untilShown(ready)
				cable.say(garbage(200_000))
				await until(() => troubles.length > 0)
				for (let time = 0; time < 8; time++) {
					panel.show(asking, 'attention')
					await untilShown(asking)
					panel.show(ready, 'quiet')
					await untilShown(ready)
				}
				const seconds = Math.ceil(clock.monotonic() / 1_000) + 1
				expect(dialect.heard).toBeLessThanOrEqual(seconds * (2_048 + 512))
				expect(troubles).toEqual(['babbling'])
			} finally {
				const stopped = panel.stop()
				await clock.advance(10_000)
				await stopped
				await cable.unplug()
			}
		}))

	test('is heard again when it has come to its senses', () =>
		inDirectory(async (directory) => {
			const cable = new SerialCable(directory)
			const display = new NextionEmulator()
			await cable.plug(display)
			const { panel, troubles } = panelOn(cable, new NextionDialect())
			let presses = 0
			try {
				await panel.start()
				await panel.button.start(() => presses++)
				panel.show(ready, 'quiet')
				await until(() => display.text()[0] === 'LISTO')
				cable.say(garbage(5_000))
				await until(() => troubles.includes('babbling'))
				cable.say(Uint8Array.of(0xff, 0xff, 0xff))
				const before = presses
				cable.say(display.touch())
				await until(() => presses > before)
				panel.show(asking, 'attention')
				await until(() => display.text()[0] === asking[0])
			} finally {
				await panel.stop()
				await cable.unplug()
			}
		}))
})
