/** The files of an archive that follow from its leaves and from what is in force: whoever makes them has the same bytes. */
import { figuresFile } from '../archive/figures-file.ts'
import { figuresPath, tablesPath } from '../archive/layout.ts'
import { archivePages, type PagesView } from './pages/pages.ts'

interface DerivedView extends PagesView {
	/** `data/tables.csv`. */
	readonly tables: string
}

/** By path; of the pages only those that show something that is changed. */
export function* derivedFiles({ tables, ...view }: DerivedView): Generator<readonly [string, string]> {
	yield [figuresPath, figuresFile(view.tally.figures())]
	yield [tablesPath, tables]
	yield* archivePages(view)
}
