import { presidential2024 } from '#src/acta/presidential-2024.js'
import { actaOf, sampleResults } from '#src/simulator/figures/tables.js'
import { openStripPrinter, printStrip } from '#src/simulator/paper/strip.js'
import { type SmallPaper, smallPaper } from '../support/preview/preview-picture.ts'

/** Real prints of different actas, small. */
export async function previewPapers(count: number): Promise<[SmallPaper, ...SmallPaper[]]> {
	const [press, rows] = await Promise.all([openStripPrinter(), sampleResults(presidential2024)])
	const papers: SmallPaper[] = []
	for (const row of rows.slice(0, count)) {
		const paper = { acta: actaOf(row, presidential2024), place: row.place, seed: row.centro }
		papers.push(smallPaper(await printStrip(press, paper, presidential2024, 1)))
	}
	return papers as [SmallPaper, ...SmallPaper[]]
}
