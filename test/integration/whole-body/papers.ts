/** Pictures that make a kiosk say each thing that it can say of a paper. */
import sharp from 'sharp'
import { settingsPrefix } from '#src/enrolment/code-prefixes.js'
import type { Cause } from '#src/panel/status.js'
import type { ActaPrinter } from '#src/simulator/acta-printer.js'
import { drawPhotograph, type Photograph, penStroke } from '#src/simulator/photograph/severity.js'
import { Random } from '#src/simulator/random.js'
import { actaText, qrPicture, sideBySide } from '../../reading/qr-picture.ts'
import { catalogue } from '../../support/panel/catalogue.ts'
import { paper } from '../../support/printed-actas.ts'

/** All that a kiosk can say is the matter with a paper. */
export const causes = catalogue.flatMap(({ status: { scene } }) =>
	scene.at === 'rejected' ? [scene.cause] : [],
)

/** The acta of a real table, and what the display says of it. */
export const table = { centro: '121202007', mesa: '01', votes: 164 }

/** A picture of that acta; `other` has one vote moved to another card. */
export function actaPicture(which: 'acta' | 'other'): Promise<Buffer> {
	return jpegOf(which === 'acta' ? actaText : actaText.replace('!23,0,', '!22,1,'))
}

const good: Photograph = { ...drawPhotograph(0, 'a', 3), rotation: 0 }
const middle = { x: good.width / 2, y: good.height / 2 }
const strokes = new Random('strokes')

/** What is the matter with a photograph of an acta. */
const photographs: Readonly<Partial<Record<Cause, Partial<Photograph>>>> = {
	'no-paper': { centre: { x: -1e6, y: -1e6 } },
	'too-dark': { paper: 0.02, darkestPrint: 0.006, tray: 0.008, noise: { ...good.noise, sigma: 5 } },
	'code-outside': { centre: { x: middle.x, y: good.height + 330 } },
	glare: { glare: [{ added: 1.2, x: 3, y: 0, radius: 16 }] },
	'too-small': { pixelsPerModule: 1, centre: middle },
	blurred: { streak: { length: 4, direction: 20 } },
	'pen-on-code': { pen: Array.from({ length: 40 }, () => penStroke(strokes)) },
}

/** A JPEG of which a kiosk says this; null where no camera can leave one. */
export async function pictureOf(cause: Cause, printer: ActaPrinter): Promise<Uint8Array | null> {
	const overrides = photographs[cause]
	if (overrides !== undefined) {
		const whole = { ...good, glare: [], pen: [], ...overrides }
		const order = { paper, severity: 0, megapixels: 3, seed: 'a', overrides: whole } as const
		return (await printer.print(order)).jpeg
	}
	switch (cause) {
		case 'no-code':
			return await noise(640, 480)
		case 'reading-too-long':
			return await noise(8_000, 6_000)
		case 'several-codes':
			return await sharp(
				await sideBySide(await qrPicture(actaText), await qrPicture(actaText.replace('.01.1.', '.02.1.'))),
			)
				.jpeg()
				.toBuffer()
		case 'web-address':
			return await jpegOf('https://resultados.example/acta?id=1')
		case 'not-an-acta':
			return await jpegOf('una lista de compras')
		case 'settings-code':
			return await jpegOf(`${settingsPrefix}un-ajuste`)
		case 'other-election':
			return await jpegOf(actaText.replace('!23,0,', '!23,'))
		case 'damaged-picture':
			return damaged(await noise(640, 480))
		case 'picture-too-large':
			return claiming(16_000, await noise(64, 48))
		default:
			return null
	}
}

async function jpegOf(text: string): Promise<Buffer> {
	return await sharp(await qrPicture(text))
		.jpeg()
		.toBuffer()
}

/** Grain and nothing else. */
async function noise(width: number, height: number): Promise<Buffer> {
	const random = new Random('noise')
	const side = 32
	const grain = Uint8ClampedArray.from({ length: side * side }, () => 128 + 60 * random.normal())
	const input = await sharp(grain, { raw: { width: side, height: side, channels: 1 } })
		.png()
		.toBuffer()
	return await sharp({ create: { width, height, channels: 3, background: '#808080' } })
		.composite([{ input, tile: true }])
		.jpeg({ quality: 70 })
		.toBuffer()
}

/** A whole JPEG by its structure, of a kind that no decoder knows: 3 bits a sample (ITU T.81 B.2.2). */
function damaged(jpeg: Buffer): Buffer {
	jpeg.writeUInt8(3, jpeg.indexOf(Buffer.from('ffc0', 'hex')) + 4)
	return jpeg
}

/** A JPEG that says it has so many pixels a side. */
function claiming(side: number, jpeg: Buffer): Buffer {
	const frame = jpeg.indexOf(Buffer.from('ffc0', 'hex'))
	jpeg.writeUInt16BE(side, frame + 5)
	jpeg.writeUInt16BE(side, frame + 7)
	return jpeg
}
