/** Archives, good and bad, a row each, and the first word of what every verifier must say of it, by hand. */
import { addFileRows } from './file-rows.ts'
import { addLeafRows } from './leaf-rows.ts'
import { addLogRows } from './log-rows.ts'
import { addPictureRows } from './picture-rows.ts'
import { addPublicationRows } from './publication-rows.ts'
import { type ArchiveRow, startRows, type WholeArchives } from './row-making.ts'
import { addWordsRows } from './words-rows.ts'

export async function archiveRows(whole: WholeArchives): Promise<readonly ArchiveRow[]> {
	const making = startRows(whole)
	const { first, second, rehearsal, nothing, rows, row } = making
	row('one publication', null, first)
	row('two publications, witnessed; one entry is withheld, one picture never came', null, second)
	row('a rehearsal that was asked for', null, rehearsal, { rehearsal: true })
	row('nothing but the campaign', null, nothing)
	addPictureRows(making)
	addLogRows(making)
	await addWordsRows(making)
	await addFileRows(making)
	await addPublicationRows(making)
	await addLeafRows(making)
	row('a rehearsal that was not asked for', 'rehearsal', rehearsal)
	return rows
}
