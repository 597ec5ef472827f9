/** Actas as a scanner would save them, each another table, and what they say. */
import { createHash } from 'node:crypto'
import { Random } from '#src/simulator/random.js'
import { actaText, qrPicture, sideBySide } from '../../reading/qr-picture.ts'

export interface PaperPicture {
	readonly name: string
	readonly text: string
	readonly sha256: string
	readonly bytes: Buffer
}

/** Every tenth picture is of many blocks; the others of one or two. */
export async function makePapers(count: number): Promise<PaperPicture[]> {
	const papers: PaperPicture[] = []
	const large = await noise()
	for (let index = 0; index < count; index++) {
		const mesa = String(1 + (index % 15)).padStart(2, '0')
		const text = actaText.replace('121202007.01', `${121202007 + Math.floor(index / 15)}.${mesa}`)
		const code = await qrPicture(text)
		const bytes = index % 10 === 9 ? await sideBySide(code, large) : code
		const name = `${String(index).padStart(4, '0')}.png`
		papers.push({ name, text, sha256: createHash('sha256').update(bytes).digest('hex'), bytes })
	}
	return papers
}

async function noise(): Promise<Buffer> {
	const { default: sharp } = await import('sharp')
	const random = new Random('noise')
	const pixels = Buffer.from(Array.from({ length: 300 * 300 }, () => random.whole(0, 255)))
	return await sharp(pixels, { raw: { width: 300, height: 300, channels: 1 } })
		.png()
		.toBuffer()
}
