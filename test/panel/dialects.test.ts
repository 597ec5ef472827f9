/** What holds for every display: any cut, any garbage, and then the right screen. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Dialect } from '#src/panel/dialect.js'
import type { Screen } from '#src/panel/screens.js'
import { kinds, screenOn } from '../support/panel/emulated.ts'

const first: Screen = ['¡OJO! La Nº 9', 'dice OTROS votos', 'áéíóúñ', 'G12 R9       SIN RED']
const second: Screen = ['LISTO', 'Ponga un acta', 'Por enviar: 3', 'G13 R9        EN RED']

/** Everything that is written to show a screen on a display that was just opened. */
function opening(dialect: Dialect, screen: Screen): Uint8Array {
	return Buffer.concat([dialect.greet(), dialect.draw(screen, 'attention')])
}

describe.each(kinds)('$kind', ({ dialect, emulator }) => {
	test('cut off after any byte, it is right after the next greeting', () => {
		const bytes = opening(dialect(), first)
		for (let cut = 0; cut <= bytes.length; cut++) {
			const display = emulator()
			display.take(bytes.subarray(0, cut))
			display.take(opening(dialect(), second))
			expect(screenOn(display)).toEqual(second)
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
				expect(screenOn(display)).toEqual(first)
			}),
		)
	})

	test('what was left by other hands is gone', () => {
		const display = emulator()
		display.take(Buffer.from('Who was here?\r\n'.repeat(50)))
		display.take(opening(dialect(), second))
		expect(screenOn(display)).toEqual(second)
	})

	test('idle bytes change nothing', () => {
		const own = dialect()
		const display = emulator()
		display.take(opening(own, first))
		for (let time = 0; time < 5; time++) expect(own.hear(display.take(own.idle))).toEqual([])
		expect(screenOn(display)).toEqual(first)
		display.take(own.draw(second, 'quiet'))
		expect(screenOn(display)).toEqual(second)
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
