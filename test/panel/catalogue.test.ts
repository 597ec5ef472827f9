import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { draw, type Language, toneOf } from '#src/panel/screens.js'
import { catalogue } from '../support/panel/catalogue.ts'
import { cataloguePage, cataloguePictures, codePictures } from '../support/panel/catalogue-page.ts'
import { type Kind, kinds, screenOn } from '../support/panel/emulated.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'

const codes = await codePictures()
const folder = join(import.meta.dirname, '../../src/panel')

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

describe('what `npm run pages` wrote', () => {
	test('the page is of now', async () => {
		expect(await readFile(join(folder, 'screens.md'), 'utf8')).toBe(cataloguePage())
	})

	test.each([...cataloguePictures(), ...codes])('%s.png is of now', async (name, picture) => {
		const { data, info } = await sharp(join(folder, 'pictures', `${name}.png`))
			.removeAlpha()
			.raw()
			.toBuffer({ resolveWithObject: true })
		expect([info.width, info.height, info.channels]).toEqual([picture.width, picture.height, 3])
		expect(data.equals(picture.rgb)).toBe(true)
	})
})
