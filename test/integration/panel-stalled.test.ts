import { describe, expect, test } from 'vitest'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import type { Screen } from '#src/panel/screens.js'
import { inDirectory } from '../support/in-directory.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { panelOn, SerialCable, until, withoutSocat } from '../support/serial-cable.ts'

/** Every cell differs from one number to the next. */
const numbered = (number: number): Screen => {
	const rest = (number % 2 ? '¡áéíóúñ!' : 'guardada').repeat(3).slice(0, 20)
	return [`${number % 2 ? 'GUARDADA Nº' : 'LISTO, van '} ${number}`, rest, rest, `G${number} R9`]
}

/** More than the kernel and socat hold between them, and far less than was shown. */
const mostOnItsWay = 100_000

describe.skipIf(withoutSocat !== null)(`a display that takes nothing ${withoutSocat ?? ''}`, () => {
	test('is given up, nothing queues for it, and the newest screen is there when it takes again', () =>
		inDirectory(async (directory) => {
			const cable = new SerialCable(directory)
			const display = new LcdEmulator()
			await cable.plug(display)
			const { panel, troubles } = panelOn(cable, new LcdDialect('A00'), { write: 300 })
			try {
				await panel.start()
				panel.show(numbered(0), 'quiet')
				await until(() => display.text()[3] === 'G0 R9')
				const arrived = cable.arrived
				cable.freeze()
				let shown = 0
				await until(() => {
					for (let time = 0; time < 101; time++) panel.show(numbered(++shown), shown % 2 ? 'good' : 'trouble')
					return troubles.includes('stalled')
				})
				for (; shown < 100_000; shown++) panel.show(numbered(shown), 'quiet')
				panel.show(numbered(shown), 'good')
				cable.thaw()
				await until(() => `${display.text()}` === `${numbered(shown)}`)
				expect(cable.arrived - arrived).toBeLessThan(mostOnItsWay)
				expect(troubles.filter((code) => code === 'stalled')).toHaveLength(1)
			} finally {
				cable.thaw()
				await panel.stop()
				await cable.unplug()
			}
		}))

	test('does not keep the kiosk from ending', () =>
		inDirectory(async (directory) => {
			const cable = new SerialCable(directory)
			const display = new LcdEmulator()
			await cable.plug(display)
			const { panel, troubles } = panelOn(cable, new LcdDialect('A00'), { write: 300 })
			await panel.start()
			panel.show(numbered(0), 'quiet')
			await until(() => display.text()[3] === 'G0 R9')
			cable.freeze()
			let shown = 0
			await until(() => {
				panel.show(numbered(++shown), shown % 2 ? 'good' : 'trouble')
				return troubles.includes('stalled')
			})
			await panel.stop()
			cable.thaw()
			await cable.unplug()
		}))
})
