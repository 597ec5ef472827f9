import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { inDirectory } from '../support/in-directory.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { panelOn, SerialCable, until, withoutSocat } from '../support/serial-cable.ts'

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

/** Screens of a round. Were they kept, they would come to some 40 MB, and only references to them to 1.6. */
const screens = 200_000
const most = 1_000_000

describe.skipIf(withoutSocat !== null)(`a display that takes nothing ${withoutSocat ?? ''}`, () => {
	test('leaves nothing in memory, however many screens it misses and however often it is opened anew', () =>
		inDirectory(async (directory) => {
			const cable = new SerialCable(directory)
			const display = new LcdEmulator()
			await cable.plug(display)
			const { panel, counts } = panelOn(cable, new LcdDialect('A00'), { write: 50 })
			let shown = 0
			// All its cells are other ones than before: the sooner is what stands between full, each time anew.
			const show = () => {
				const line = String.fromCharCode(97 + (++shown % 26)).repeat(12) + shown
				panel.show([line, line, line, line], shown % 2 ? 'good' : 'quiet')
			}
			const round = async () => {
				const [end, openings] = [shown + screens, counts.begun + 2]
				while (shown < end || counts.begun < openings) {
					for (let time = 0; time < 100; time++) show()
					await new Promise((resolve) => setTimeout(resolve, 1))
				}
			}
			try {
				await panel.start()
				show()
				await until(() => display.text()[0]?.endsWith('b1') === true)
				cable.freeze()
				for (let warm = 0; warm < 2; warm++) await round()
				const before = await inUse()
				await round()
				expect((await inUse()) - before).toBeLessThan(most)
			} finally {
				cable.thaw()
				await panel.stop()
				await cable.unplug()
			}
		}))
})
