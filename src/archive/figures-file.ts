/** `data/figures.json`: what the leaves add up to, in one spelling (`provisioning/verify/ARCHIVE.md`, "Figures"). Pure. */
import { type NationalFigures, publishedFigures } from '../tally/figures.ts'

export function figuresFile(figures: NationalFigures): string {
	return `${JSON.stringify(publishedFigures(figures))}\n`
}
