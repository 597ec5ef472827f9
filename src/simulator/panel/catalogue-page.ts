/** The catalogue of screens as a page (Markdown) and as pictures of the emulated 20x4 LCD. */
import { type CatalogueEntry, catalogue, connections } from '../../panel/catalogue.ts'
import type { Dialect } from '../../panel/dialect.ts'
import { LcdDialect } from '../../panel/lcd-dialect.ts'
import { NextionDialect } from '../../panel/nextion-dialect.ts'
import { columns, draw, type Language, type Screen, toneOf } from '../../panel/screens.ts'
import type { Connection, Scene } from '../../panel/status.ts'
import { Vt100Dialect } from '../../panel/vt100-dialect.ts'
import type { Emulator } from './emulator.ts'
import { LcdEmulator } from './lcd-emulator.ts'
import { NextionEmulator } from './nextion-emulator.ts'
import type { Picture } from './picture.ts'
import { Vt100Emulator } from './vt100-emulator.ts'

const titles: Readonly<Record<Scene['at'], string>> = {
	starting: 'Starting',
	idle: 'Ready',
	capturing: 'Taking a picture',
	reading: 'Reading',
	recording: 'Recording',
	recorded: 'Recorded',
	'already-scanned': 'Recorded before',
	conflict: 'Recorded, with other votes than another',
	confirming: 'It can not be read, and the kiosk asks',
	rejected: 'It can not be read, and was not recorded',
	fault: 'Something does not work',
	'disk-trouble': 'The disk takes nothing',
	'asking-to-close': 'Closing the day: it asks',
	closing: 'Closing the day',
	closed: 'The day is closed',
	technician: 'For the technician',
}

/** The whole page. Written by `npm run screens`. */
export function cataloguePage(): string {
	const scenes = Object.keys(titles) as Scene['at'][]
	return `# Screens

Every screen that a kiosk can show, in Spanish and English, and what it means. Written by \`npm run screens\` from \`catalogue.ts\` and \`screens.ts\`; a test fails when it is out of date.

The last line is the same on all: \`G\` counts the actas recorded here, \`R\` those that the centre confirmed with a signed receipt, and at its end stands the connection:

${(Object.keys(connections) as Connection[]).map(connectionLine).join('\n')}

The LCD has eight letters of its own, á é í ó ú ñ ¡ ¿; a capital with an accent is shown without it. Where a screen is affected its LCD text stands below it.
${scenes.map((at) => `\n## ${titles[at]}\n${entriesOf(at).map(section).join('')}`).join('')}
## On other displays

A Nextion touch display, whose button is the volunteer's, and a VT100 terminal show the same text:

![Nextion](pictures/nextion.png) ![VT100](pictures/vt100.png)
`
}

/** Pictures by file name without its ending: the main screens on the LCD, and one on each other display. */
export function cataloguePictures(): ReadonlyMap<string, Picture> {
	const pictures = new Map<string, Picture>()
	for (const entry of catalogue) {
		if (entry.picture === undefined) continue
		pictures.set(entry.picture, shown(entry, 'es', new LcdDialect('A00'), new LcdEmulator('A00')).picture())
		if (entry.picture !== 'guardada') continue
		pictures.set('nextion', shown(entry, 'es', new NextionDialect(), new NextionEmulator()).picture())
		pictures.set('vt100', shown(entry, 'es', new Vt100Dialect(), new Vt100Emulator()).picture())
	}
	return pictures
}

/** The emulator with a screen on it. */
function shown<E extends Emulator>(
	{ status }: CatalogueEntry,
	language: Language,
	dialect: Dialect,
	emulator: E,
): E {
	emulator.take(dialect.greet())
	emulator.take(dialect.draw(draw(status, language), toneOf(status)))
	return emulator
}

function entriesOf(at: Scene['at']): readonly CatalogueEntry[] {
	return catalogue.filter(({ status }) => status.scene.at === at)
}

function connectionLine(connection: Connection): string {
	const [entry] = entriesOf('idle')
	if (entry === undefined) throw new Error('the catalogue has no idle screen')
	const last = (language: Language) =>
		draw({ ...entry.status, connection }, language)[3]
			.trim()
			.replace(/.* {2}/, '')
	return `- \`${last('es')}\`, \`${last('en')}\`: ${connections[connection]}`
}

function section(entry: CatalogueEntry): string {
	const { status, meaning, picture } = entry
	const [spanish, english] = [framed(draw(status, 'es')), framed(draw(status, 'en'))]
	const both = spanish.map((line, index) => `${line}  ${english[index] ?? ''}`)
	const image = picture === undefined ? '' : `\n![${draw(status, 'es')[0]}](pictures/${picture}.png)\n`
	return `\n${meaning}\n\n\`\`\`text\n${both.join('\n')}\n\`\`\`\n${onLcd(entry)}${image}`
}

function onLcd(entry: CatalogueEntry): string {
	const different = (['es', 'en'] as const).flatMap((language) => {
		const lines = draw(entry.status, language).map((line) => line.trimEnd())
		const lcd = shown(entry, language, new LcdDialect('A00'), new LcdEmulator('A00')).text()
		return lcd.filter((line, index) => line !== lines[index]).map((line) => `\`${line}\``)
	})
	return different.length === 0 ? '' : `\nOn the LCD: ${different.join(', ')}.\n`
}

function framed(screen: Screen): readonly string[] {
	const edge = '─'.repeat(columns + 2)
	return [`┌${edge}┐`, ...screen.map((line) => `│ ${line.padEnd(columns)} │`), `└${edge}┘`]
}
