import { describe, expect, test } from 'vitest'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import type { Screen } from '#src/panel/screens.js'
import { inDirectory } from '../support/in-directory.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { NextionEmulator } from '../support/panel/nextion-emulator.ts'
import { panelOn, SerialCable, until, withoutSocat } from '../support/serial-cable.ts'

const ready: Screen = ['LISTO', '¿áéíóú ñ?', '', 'G12 R9       SIN RED']
const recorded: Screen = ['GUARDADA Nº 13', '¡164 votos!', '', 'G13 R9       SIN RED']

describe.skipIf(withoutSocat !== null)(`another display at the same place ${withoutSocat ?? ''}`, () => {
	test('of the same kind: it gets the letters and the screen', () =>
		inDirectory(async (directory) => {
			const cable = new SerialCable(directory)
			const { panel } = panelOn(cable, new LcdDialect('A00'))
			try {
				await panel.start()
				panel.show(ready, 'quiet')
				for (let time = 0; time < 3; time++) {
					const display = new LcdEmulator()
					await cable.plug(display)
					await until(() => `${display.text()}` === `${ready}`)
					await cable.unplug()
				}
			} finally {
				await panel.stop()
				await cable.unplug()
			}
		}))

	test('of another kind: whatever it makes of it, the right one is drawn when it is back', () =>
		inDirectory(async (directory) => {
			const cable = new SerialCable(directory)
			const { panel } = panelOn(cable, new LcdDialect('A00'))
			try {
				await panel.start()
				panel.show(ready, 'quiet')
				await cable.plug(new NextionEmulator())
				await until(() => cable.arrived > 150)
				panel.show(recorded, 'good')
				await cable.unplug()
				const display = new LcdEmulator()
				await cable.plug(display)
				await until(() => `${display.text()}` === `${recorded}`)
			} finally {
				await panel.stop()
				await cable.unplug()
			}
		}))

	test('a Nextion with another project on it: what it refuses is told, once for each kind', () =>
		inDirectory(async (directory) => {
			const cable = new SerialCable(directory)
			const { panel, troubles } = panelOn(cable, new NextionDialect())
			const display = new NextionEmulator()
			let lines = 0
			try {
				await cable.plug({
					take: (bytes) => {
						// Its project has no text fields: it says so for each line.
						const sets = Buffer.from(bytes).toString('latin1').split('.txt=').length - 1
						lines += sets
						const refusals = Array.from({ length: sets }, () => [0x1a, 0xff, 0xff, 0xff])
						return Buffer.concat([display.take(bytes), Uint8Array.from(refusals.flat())])
					},
				})
				await panel.start()
				panel.show(ready, 'quiet')
				await until(() => troubles.includes('refused'))
				panel.show(recorded, 'good')
				await until(() => lines > 5 && display.text()[0] === recorded[0])
				expect(troubles).toEqual(['refused'])
			} finally {
				await panel.stop()
				await cable.unplug()
			}
		}))
})
