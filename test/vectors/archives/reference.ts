/** What `testigo` itself says of an archive, in the form in which the verifiers are compared. */
import { ArchiveFolder } from '#src/archive/archive-folder.js'
import { auditArchive } from '#src/archive/check/archive-audit.js'
import { withoutWords } from '../reference.ts'
import type { Asked } from './row-making.ts'

/** The report as `testigo verify --json` prints it, but for the words. */
export async function archiveReport(folder: string, { rehearsal }: Asked): Promise<unknown> {
	const options = { rehearsal, images: true, progress: () => {} }
	const audit = await auditArchive(new ArchiveFolder(folder), options)
	if (!audit.ok) return withoutWords({ kind: 'archive', whole: false, fault: audit.fault })
	return withoutWords({ kind: 'archive', whole: audit.value.faultCount === 0, ...audit.value })
}
