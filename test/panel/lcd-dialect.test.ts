import { expect, test } from 'vitest'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import type { Screen } from '#src/panel/screens.js'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'

const ready: Screen = ['LISTO', 'Ponga un acta', '', 'G12 R9       SIN RED']
const asking: Screen = ['¿Qué? ¡Año! él ú í ó', 'GUARDADA Nº 12', '', 'G12 R9       SIN RED']

function greeted() {
	const dialect = new LcdDialect('A00')
	const emulator = new LcdEmulator()
	emulator.take(dialect.greet())
	return { dialect, emulator }
}

test('the eight letters of its own are loaded when it is greeted, and never again', () => {
	const { dialect, emulator } = greeted()
	expect(emulator.counts.glyphs).toBe(8)
	emulator.take(dialect.draw(asking, 'attention'))
	emulator.take(dialect.draw(ready, 'quiet'))
	emulator.take(dialect.draw(asking, 'attention'))
	expect(emulator.text()).toEqual(asking)
	expect(emulator.counts.glyphs).toBe(8)
})

test('only changed cells are written', () => {
	const { dialect, emulator } = greeted()
	emulator.take(dialect.draw(ready, 'quiet'))
	const before = emulator.counts.letters
	emulator.take(dialect.draw(['LISTA', 'Ponga un acto', '', 'G13 R9       SIN RED'], 'quiet'))
	expect(emulator.text()).toEqual(['LISTA', 'Ponga un acto', '', 'G13 R9       SIN RED'])
	expect(emulator.counts.letters - before).toBe(3)
	expect(dialect.draw(['LISTA', 'Ponga un acto', '', 'G13 R9       SIN RED'], 'quiet')).toHaveLength(0)
})

test('a few cells that stay are written again where placing the cursor behind them would be longer', () => {
	const { dialect, emulator } = greeted()
	emulator.take(dialect.draw(['a...b', 'a....b', '', ''], 'quiet'))
	const screen: Screen = ['x...y', 'x....y', '', '']
	const [cursor, near, far] = [4, 5, 2]
	const bytes = dialect.draw(screen, 'quiet')
	expect(bytes).toHaveLength(cursor + near + 2 * cursor + far)
	emulator.take(bytes)
	expect(emulator.text()).toEqual(screen)
})

test('the colour is sent when the tone changes, and not worn out in the EEPROM otherwise', () => {
	const { dialect, emulator } = greeted()
	emulator.take(dialect.draw(ready, 'trouble'))
	const before = emulator.counts.eeprom
	for (let acta = 13; acta < 100; acta++) emulator.take(dialect.draw([`G${acta}`, '', '', ''], 'trouble'))
	expect(emulator.counts.eeprom).toBe(before)
	emulator.take(dialect.draw(ready, 'good'))
	expect(emulator.counts.eeprom).toBe(before + 2)
})

test('a letter that it lacks is its base letter, and what has none is a question mark', () => {
	const { dialect, emulator } = greeted()
	emulator.take(dialect.draw(['CÁMARA ELÉCTRICA', 'pingüino Ñandú', '漢 ~ \\ Ω', ''], 'quiet'))
	expect(emulator.text()).toEqual(['CAMARA ELECTRICA', 'pinguino Nandú', '? ? ? ?', ''])
})

test('each ROM has its own place for º', () => {
	for (const [told, real] of [
		['A00', 'A00'],
		['A00', 'A02'],
		['A02', 'A00'],
		['A02', 'A02'],
	] as const) {
		const [dialect, emulator] = [new LcdDialect(told), new LcdEmulator(real)]
		emulator.take(dialect.greet())
		emulator.take(dialect.draw(['Nº 12', '', '', ''], 'good'))
		expect(emulator.text()[0] === 'Nº 12').toBe(told === real)
	}
})

test('when it tells its baud rate it was switched on, however the words are cut', () => {
	const words = new LcdEmulator().restart()
	for (let cut = 0; cut <= words.length; cut++) {
		const dialect = new LcdDialect('A00')
		const heard = [...dialect.hear(words.slice(0, cut)), ...dialect.hear(words.slice(cut))]
		expect(heard).toEqual([{ kind: 'restarted' }])
	}
	expect(new LcdDialect('A00').hear(Buffer.from('whatever else'))).toEqual([])
})
