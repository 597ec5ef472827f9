import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import { draw, type Language, type Screen, toneOf } from '#src/panel/screens.js'
import { Vt100Dialect } from '#src/panel/vt100-dialect.js'
import { catalogue } from '../support/panel/catalogue.ts'
import { cataloguePage, cataloguePictures, codePictures } from '../support/panel/catalogue-page.ts'
import { withoutFrame } from '../support/panel/emulated.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { NextionEmulator } from '../support/panel/nextion-emulator.ts'
import { Vt100Emulator } from '../support/panel/vt100-emulator.ts'

const codes = await codePictures()
const folder = join(import.meta.dirname, '../../src/panel')

const written = (screen: Screen) => screen.map((line) => line.trimEnd())
const withoutAccentedCapitals = (line: string) =>
	line.replaceAll(/[ÁÉÍÓÚÑ]/g, (capital) => 'AEIOUN'.charAt('ÁÉÍÓÚÑ'.indexOf(capital)))

const displays = [
	{
		kind: 'LCD with ROM A00',
		dialect: new LcdDialect('A00'),
		emulator: new LcdEmulator('A00'),
		as: (screen: Screen) => written(screen).map(withoutAccentedCapitals),
		read: (text: readonly string[]) => text,
	},
	{
		kind: 'LCD with ROM A02',
		dialect: new LcdDialect('A02'),
		emulator: new LcdEmulator('A02'),
		as: written,
		read: (text: readonly string[]) => text,
	},
	{
		kind: 'Nextion',
		dialect: new NextionDialect(),
		emulator: new NextionEmulator(),
		as: written,
		read: (text: readonly string[]) => text,
	},
	{
		kind: 'VT100',
		dialect: new Vt100Dialect(),
		emulator: new Vt100Emulator(),
		as: written,
		read: withoutFrame,
	},
]

describe.each(displays)('on an emulated $kind', ({ dialect, emulator, as, read }) => {
	test.each<Language>(['es', 'en'])('every screen of the catalogue stands as written, in %s', (language) => {
		dialect.hear(emulator.take(dialect.greet()))
		for (const { status } of catalogue) {
			const screen = draw(status, language)
			const heard = dialect.hear(emulator.take(dialect.draw(screen, toneOf(status))))
			expect(heard).toEqual([])
			expect(read(emulator.text())).toEqual(as(screen))
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
