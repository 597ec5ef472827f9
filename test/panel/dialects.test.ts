/** What holds for every display: any cut, any garbage, and then the right screen. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Dialect } from '#src/panel/dialect.js'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import type { Screen } from '#src/panel/screens.js'
import { Vt100Dialect } from '#src/panel/vt100-dialect.js'
import { withoutFrame } from '../support/panel/emulated.ts'
import type { Emulator } from '../support/panel/emulator.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { NextionEmulator } from '../support/panel/nextion-emulator.ts'
import { Vt100Emulator } from '../support/panel/vt100-emulator.ts'

const first: Screen = ['¡OJO! La Nº 9', 'dice OTROS votos', 'áéíóúñ', 'G12 R9       SIN RED']
const second: Screen = ['LISTO', 'Ponga un acta', 'Por enviar: 3', 'G13 R9        EN RED']

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

/** Everything that is written to show a screen on a display that was just opened. */
function opening(dialect: Dialect, screen: Screen): Uint8Array {
	return Buffer.concat([dialect.greet(), dialect.draw(screen, 'attention')])
}

describe.each(kinds)('$kind', ({ dialect, emulator, read }) => {
	test('cut off after any byte, it is right after the next greeting', () => {
		const bytes = opening(dialect(), first)
		for (let cut = 0; cut <= bytes.length; cut++) {
			const display = emulator()
			display.take(bytes.subarray(0, cut))
			display.take(opening(dialect(), second))
			expect(read(display)).toEqual(second)
		}
	})

	test('bytes mean the same in whatever pieces they come', () => {
		const bytes = opening(dialect(), first)
		fc.assert(
			fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (places) => {
				const cuts = [0, ...places.sort((one, other) => one - other), bytes.length]
				const display = emulator()
				cuts.slice(1).forEach((to, index) => {
					display.take(bytes.subarray(cuts[index], to))
				})
				expect(read(display)).toEqual(first)
			}),
		)
	})

	test('what was left by other hands is gone', () => {
		const display = emulator()
		display.take(Buffer.from('Who was here?\r\n'.repeat(50)))
		display.take(opening(dialect(), second))
		expect(read(display)).toEqual(second)
	})

	test('idle bytes change nothing', () => {
		const own = dialect()
		const display = emulator()
		display.take(opening(own, first))
		for (let time = 0; time < 5; time++) expect(own.hear(display.take(own.idle))).toEqual([])
		expect(read(display)).toEqual(first)
		display.take(own.draw(second, 'quiet'))
		expect(read(display)).toEqual(second)
	})

	test('in the end nothing stands there that could be believed', () => {
		const own = dialect()
		const display = emulator()
		display.take(opening(own, first))
		display.take(own.farewell)
		expect(display.text().join('').trim()).toBe('')
	})

	test('an emulator takes any garbage', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 2_000 }), (garbage) => {
				const display = emulator()
				display.take(garbage)
				display.text()
				dialect().hear(garbage)
			}),
		)
	})
})
