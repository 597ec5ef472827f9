/** The one text of the published figures, by whose digest a board's page is compared with `testigo tally --json`. */
import { createHash } from 'node:crypto'
import { jsonLine } from '../platform/printable.ts'
import { type NationalFigures, publishedFigures } from './figures.ts'

export function figuresText(figures: NationalFigures): string {
	return jsonLine(publishedFigures(figures))
}

/** Of `figuresText`: lower-case hex. */
export function figuresDigest(figures: NationalFigures): string {
	return createHash('sha256').update(figuresText(figures)).digest('hex')
}
