import { describe, expect, test } from 'vitest'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { draw, type Language, toneOf } from '#src/panel/screens.js'
import { catalogue } from '../support/panel/catalogue.ts'
import { type Kind, kinds, screenOn } from '../support/panel/emulated.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'

const withoutAccentedCapitals = (line: string) =>
	line.replaceAll(/[ÁÉÍÓÚÑ]/g, (capital) => 'AEIOUN'.charAt('ÁÉÍÓÚÑ'.indexOf(capital)))

const otherLcd: Kind = {
	kind: 'LCD with the other ROM',
	dialect: () => new LcdDialect('A02'),
	emulator: () => new LcdEmulator('A02'),
}

describe.each([...kinds, otherLcd])('on an emulated $kind', (display) => {
	test.each<Language>(['es', 'en'])('every screen of the catalogue stands as written, in %s', (language) => {
		const [dialect, emulator] = [display.dialect(), display.emulator()]
		dialect.hear(emulator.take(dialect.greet()))
		for (const { status } of catalogue) {
			const screen = draw(status, language)
			const heard = dialect.hear(emulator.take(dialect.draw(screen, toneOf(status))))
			expect(heard).toEqual([])
			const lines = screen.map((line) => line.trimEnd())
			expect(screenOn(emulator)).toEqual(display.kind === 'LCD' ? lines.map(withoutAccentedCapitals) : lines)
		}
	})
})
