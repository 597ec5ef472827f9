import { describe, expect, test } from 'vitest'
import type { Dialect } from '#src/panel/dialect.js'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import type { Screen } from '#src/panel/screens.js'
import type { LinkDelays } from '#src/panel/serial-link.js'
import { Vt100Dialect } from '#src/panel/vt100-dialect.js'
import type { Clock } from '#src/platform/clock.js'
import { inDirectory } from '../support/in-directory.ts'
import { withoutFrame } from '../support/panel/emulated.ts'
import type { Emulator } from '../support/panel/emulator.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { NextionEmulator } from '../support/panel/nextion-emulator.ts'
import { Vt100Emulator } from '../support/panel/vt100-emulator.ts'
import { panelOn, SerialCable, until, type WatchedPanel, withoutSocat } from '../support/serial-cable.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const before: Screen = ['¡OJO! La Nº 9', 'dice OTROS votos', 'áéíóúñ', 'G12 R9       SIN RED']
const meanwhile: Screen = ['FOTO...', 'No mueva el acta', '', 'G12 R9       SIN RED']
const after: Screen = ['¿De otra elección?', 'Botón: guardar foto', 'ñandú', 'G13 R9       SIN RED']

interface Kind {
	readonly kind: string
	readonly dialect: () => Dialect
	readonly emulator: () => Emulator
	readonly read: (emulator: Emulator) => readonly string[]
}

const plain = (emulator: Emulator) => emulator.text()
const kinds: readonly Kind[] = [
	{ kind: 'LCD', dialect: () => new LcdDialect('A00'), emulator: () => new LcdEmulator(), read: plain },
	{
		kind: 'Nextion',
		dialect: () => new NextionDialect(),
		emulator: () => new NextionEmulator(),
		read: plain,
	},
	{
		kind: 'VT100',
		dialect: () => new Vt100Dialect(),
		emulator: () => new Vt100Emulator(),
		read: (emulator) => withoutFrame(emulator.text()),
	},
]

/** Runs with a cable and a panel, and ends both whatever happens. */
function onCable(
	dialect: Dialect,
	work: (cable: SerialCable, watched: WatchedPanel) => Promise<void>,
	delays: Partial<LinkDelays> & { readonly clock?: Clock } = {},
): Promise<void> {
	return inDirectory(async (directory) => {
		const cable = new SerialCable(directory)
		const watched = panelOn(cable, dialect, delays)
		try {
			await work(cable, watched)
		} finally {
			await watched.panel.stop()
			await cable.unplug()
		}
	})
}

describe.skipIf(withoutSocat !== null).each(kinds)(`$kind ${withoutSocat ?? ''}`, (kind) => {
	const { dialect, emulator, read } = kind

	test('unplugged while nothing was written: the screen of now is there when it is back', () =>
		onCable(dialect(), async (cable, { panel, troubles }) => {
			const display = emulator()
			await cable.plug(display)
			await panel.start()
			panel.show(before, 'attention')
			await until(() => `${read(display)}` === `${before}`)

			await cable.unplug()
			await until(() => troubles.length > 0)
			expect(troubles[0]).toBe('lost')
			panel.show(meanwhile, 'quiet')
			panel.show(after, 'trouble')

			display.restart()
			await cable.plug(display)
			await until(() => `${read(display)}` === `${after}`)
		}))

	test('unplugged in the middle of a write, with its power kept: it is not read as part of a command', () =>
		onCable(dialect(), async (cable, { panel, counts }) => {
			const display = emulator()
			await panel.start()
			panel.show(before, 'attention')
			for (const bytes of [3, 17, 40, 101, 150]) {
				let left = bytes
				const begun = counts.begun
				await cable.plug({
					take: (all) => {
						const answer = display.take(all.subarray(0, left))
						left = Math.max(0, left - all.length)
						return answer
					},
				})
				await until(() => counts.begun > begun && left === 0)
				await cable.unplug()
			}
			panel.show(after, 'trouble')
			await cable.plug(display)
			await until(() => `${read(display)}` === `${after}`)
		}))

	test('not there at all: everything goes on, it is told once, and it is drawn when it comes', () =>
		onCable(dialect(), async (cable, { panel, troubles, counts }) => {
			await panel.start()
			panel.show(before, 'attention')
			await until(() => counts.pauses > 5)
			expect(troubles).toEqual(['unavailable'])
			expect(counts.begun).toBe(0)
			const display = emulator()
			await cable.plug(display)
			await until(() => `${read(display)}` === `${before}`)
		}))

	test('unplugged, nothing goes on in a loop: no try to open it before the clock allows one', () => {
		const clock = new SimulatedClock()
		return onCable(
			dialect(),
			async (cable, { panel, troubles, counts }) => {
				const display = emulator()
				await cable.plug(display)
				await panel.start()
				panel.show(before, 'attention')
				await until(async () => {
					await clock.advance(10)
					return `${read(display)}` === `${before}`
				})
				await cable.unplug()
				await until(async () => {
					await clock.advance(10)
					return troubles.includes('lost')
				})
				const pauses = counts.pauses
				// The clock stands: whatever else there is to do would be done now.
				for (let time = 0; time < 50; time++) {
					panel.show(time % 2 ? meanwhile : after, 'trouble')
					await new Promise((resolve) => setTimeout(resolve, 2))
				}
				expect(counts.pauses - pauses).toBeLessThanOrEqual(1)
				for (let second = 0; second < 100; second++) await clock.advance(1_000)
				// Between two openings half of 1 s at least, of 100 s.
				expect(counts.pauses - pauses).toBeLessThanOrEqual(201)
				const stopped = panel.stop()
				await clock.advance(10_000)
				await stopped
			},
			{ clock, write: 1e9, reopen: { firstMs: 1_000, mostMs: 1_000 } },
		)
	})

	test('when the kiosk ends, the display is empty', () =>
		onCable(dialect(), async (cable, { panel }) => {
			const display = emulator()
			await cable.plug(display)
			await panel.start()
			panel.show(before, 'attention')
			await until(() => `${read(display)}` === `${before}`)
			await panel.stop()
			await until(() => display.text().join('').trim() === '')
			panel.show(after, 'trouble')
		}))

	test('unplugged just before the kiosk ends, it keeps nobody waiting for a write', () =>
		onCable(
			dialect(),
			async (cable, { panel }) => {
				const display = emulator()
				await cable.plug(display)
				await panel.start()
				panel.show(before, 'attention')
				await until(() => `${read(display)}` === `${before}`)
				await cable.unplug()
				panel.show(after, 'trouble')
				await panel.stop()
			},
			{ write: 600_000 },
		))
})

describe.skipIf(withoutSocat !== null)(
	`switched off and on behind an open port ${withoutSocat ?? ''}`,
	() => {
		const talkative = kinds.filter(({ emulator }) => emulator().restart().length > 0)

		test.each(talkative)('$kind says so and is drawn again', ({ dialect, emulator, read }) =>
			onCable(dialect(), async (cable, { panel, counts, troubles }) => {
				const display = emulator()
				await cable.plug(display)
				await panel.start()
				panel.show(before, 'attention')
				await until(() => `${read(display)}` === `${before}`)
				const begun = counts.begun
				cable.say(display.restart())
				await until(() => counts.begun > begun && `${read(display)}` === `${before}`)
				expect(troubles).toEqual([])
			}),
		)
	},
)
