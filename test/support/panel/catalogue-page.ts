/** The catalogue of screens as a page (Markdown) and as pictures of the emulated 20x4 LCD. */
import { Head } from '#src/evidence/head.js'
import { parseJws } from '#src/evidence/jws.js'
import type { Dialect } from '#src/panel/dialect.js'
import { type Code, codeOf } from '#src/panel/head-code.js'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import { columns, draw, type Language, type Screen, toneOf } from '#src/panel/screens.js'
import type { Connection, Scene } from '#src/panel/status.js'
import { Vt100Dialect } from '#src/panel/vt100-dialect.js'
import { type CatalogueEntry, catalogue, connections } from './catalogue.ts'
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

/** The whole page. Written by `npm run pages`. */
export function cataloguePage(): string {
	const scenes = Object.keys(titles) as Scene['at'][]
	return `# Screens

Every screen that a kiosk can show, in Spanish and English, and what it means. Written by \`npm run pages\` from \`catalogue.ts\` and \`screens.ts\`; a test fails when it is out of date.

The last line is the same on all: \`G\` counts the actas recorded here, \`R\` those that the centre confirmed with a signed receipt, and at its end stands the connection:

${(Object.keys(connections) as Connection[]).map(connectionLine).join('\n')}

The LCD has eight letters of its own, á é í ó ú ñ ¡ ¿; a capital with an accent is shown without it. Where a screen is affected its LCD text stands below it.
${scenes.map((at) => `\n## ${titles[at]}\n${entriesOf(at).map(section).join('')}`).join('')}
## On other displays

A Nextion touch display, whose button is the volunteer's, and a VT100 terminal show the same text:

![Nextion](pictures/nextion.png) ![VT100](pictures/vt100.png)

When the day is closed they show the signed head as a QR code; a terminal without room for it shows what the head says, without the signature:

![Nextion](pictures/dia-cerrado-nextion.png) ![VT100](pictures/dia-cerrado-vt100.png) ![a larger terminal](pictures/dia-cerrado-terminal.png)
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

/** A head that was signed once, with a key that nobody has any more. */
const head =
	'eyJhbGciOiJFUzI1NiIsInR5cCI6InRlc3RpZ28taGVhZCtqd3MiLCJraWQiOiJrLXE1enQzbWJ3dmQifQ.eyJ2IjoxLCJkZXZpY2UiOiJrLXE1enQzbWJ3dmQiLCJzZXEiOjEyOCwiaWQiOiJuSDdiWHEyX0x3MHZLY1Q5c1lmSmQ0UmdVZVpwLTFBeE1pT282QmhHdE5rIiwicmVjZWlwdHMiOjEyMCwidGltZSI6IjIwMjQtMDctMjlUMDI6MDA6MDBaIn0.kPvx8Gqjfmis4789cqlEQh44G9Gz_ufPz_HN7ZuIAPRpO65ktOBc_a_81LsYe1imv8yhZE3m9Gr5J4ABPEy0oA'

/** The closed day on the displays that draw its head as a QR code: a terminal of a VT100's size, and a larger one. */
export async function codePictures(): Promise<ReadonlyMap<string, Picture>> {
	const [entry] = entriesOf('closed')
	const parsed = parseJws(head, 'head')
	if (entry === undefined || !parsed.ok) throw new Error('no closed day to show')
	const { text, id, payload } = parsed.value
	const code = await codeOf({ text, id, head: Head.parse(payload) })
	const large = { rows: 45, columns: 80 }
	return new Map([
		['dia-cerrado-nextion', shown(entry, 'es', new NextionDialect(), new NextionEmulator(), code).picture()],
		['dia-cerrado-vt100', shown(entry, 'es', new Vt100Dialect(), new Vt100Emulator(), code).picture()],
		[
			'dia-cerrado-terminal',
			shown(entry, 'es', new Vt100Dialect(), new Vt100Emulator(large), code).picture(),
		],
	])
}

/** The emulator with a screen on it, and a code where it can draw one. */
function shown<E extends Emulator>(
	{ status }: CatalogueEntry,
	language: Language,
	dialect: Dialect,
	emulator: E,
	code: Code | null = null,
): E {
	dialect.hear(emulator.take(dialect.greet()))
	for (;;) {
		const bytes = dialect.draw(draw(status, language), toneOf(status), code)
		if (bytes.length === 0) return emulator
		emulator.take(bytes)
	}
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
