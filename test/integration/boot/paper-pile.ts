/** Papers that are laid down one after another, as a camera takes them. */
import sharp from 'sharp'
import { makePapers, type PaperPicture } from '../power/papers.ts'

export class PaperPile {
	readonly #papers: readonly PaperPicture[]
	/** How many were taken off it. */
	laid = 0

	private constructor(papers: readonly PaperPicture[]) {
		this.#papers = papers
	}

	static async of(count: number): Promise<PaperPile> {
		return new PaperPile(await makePapers(count))
	}

	async next(): Promise<Buffer> {
		const paper = this.#papers[this.laid++]
		if (paper === undefined) throw new Error('there are no more papers')
		return await sharp(paper.bytes).jpeg({ quality: 95 }).toBuffer()
	}

	/** Of what was recorded, how many are of those laid down. */
	rightIn(texts: readonly string[]): number {
		return this.#papers.slice(0, this.laid).filter(({ text }) => texts.includes(text)).length
	}
}
