import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import type { Screen } from '#src/panel/screens.js'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { PanelOnCable } from '../support/panel/panel-on-cable.ts'
import { withoutSocat } from '../support/serial-cable.ts'
import { shortOrLong } from '../support/short-or-long.ts'
import { until } from '../support/until.ts'

/** Every cell differs from one number to the next: the sooner is what stands between full. */
const numbered = (number: number): Screen => {
	const rest = (number % 2 ? '¡áéíóúñ!' : 'guardada').repeat(3).slice(0, 20)
	return [`${number % 2 ? 'GUARDADA Nº' : 'LISTO, van '} ${number}`, rest, rest, `G${number} R9`]
}

/** More than the kernel and socat hold between them, and far less than was shown. */
const mostOnItsWay = 100_000

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Bytes in use when all that can go has gone; what is on its way when first looked at may go with the next turns. */
async function inUse(): Promise<number> {
	for (let turn = 0; turn < 5; turn++) {
		collect()
		await new Promise(setImmediate)
	}
	const { heapUsed, external } = process.memoryUsage()
	return heapUsed + external
}

/** Screens of a round. Were they kept, each would come to some 200 bytes, and only a reference to it to 8. */
const screens = shortOrLong({ short: 100_000, long: 200_000 })
const most = 5 * screens

/** A display that has shown the first screen, and takes nothing from now on; `show` shows the next. */
async function stalled(write: number) {
	const on = await PanelOnCable.make(new LcdDialect('A00'), { writeMs: write })
	const display = new LcdEmulator()
	await on.startWith(display, numbered(0))
	const { cable, panel, troubles } = on
	cable.freeze()
	let shown = 0
	const show = () => {
		panel.show(numbered(++shown), shown % 2 ? 'good' : 'trouble')
		return shown
	}
	return { on, cable, panel, troubles, display, show }
}

describe.skipIf(withoutSocat !== null)(`a display that takes nothing ${withoutSocat ?? ''}`, () => {
	test('is given up, nothing queues for it, and the newest screen is there when it takes again', async () => {
		const { on, cable, troubles, display, show } = await stalled(300)
		const arrived = cable.arrived
		await until(() => {
			for (let time = 0; time < 101; time++) show()
			return troubles.includes('stalled')
		})
		let shown = show()
		while (shown < 100_000) shown = show()
		cable.thaw()
		await on.untilOn(display, numbered(shown))
		expect(cable.arrived - arrived).toBeLessThan(mostOnItsWay)
		expect(troubles.filter((code) => code === 'stalled')).toHaveLength(1)
	})

	test('does not keep the kiosk from ending', async () => {
		const { panel, troubles, show } = await stalled(300)
		await until(() => show() > 0 && troubles.includes('stalled'))
		await panel.stop()
	})

	test('leaves nothing in memory, however many screens it misses and however often it is opened anew', async () => {
		const { on, show } = await stalled(50)
		const round = async () => {
			const [end, openings] = [show() + screens, on.begun + 2]
			const isOver = () => {
				let shown = 0
				for (let time = 0; time < 100; time++) shown = show()
				return shown >= end && on.begun >= openings
			}
			await until(isOver, { everyMs: 1 })
		}
		for (let warm = 0; warm < 2; warm++) await round()
		// What is kept comes again with each round; what the machine compiles or frees late does not.
		const grown: number[] = []
		while (grown.length < 3 && !(Math.min(...grown) < most)) {
			const before = await inUse()
			await round()
			grown.push((await inUse()) - before)
		}
		expect(Math.min(...grown)).toBeLessThan(most)
	})
})
