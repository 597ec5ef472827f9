/** The files of an archive by `SHA256SUMS`, which its site note signs. */
import { createHash } from 'node:crypto'
import { yieldToEventLoop } from '../../platform/process/yield-to-event-loop.ts'
import type { ArchivedFiles } from '../archive-folder.ts'
import { isListed, readListedFiles } from '../listed-files.ts'
import type { ArchiveFault } from './archive-report.ts'

/** Nobody needs to be told of more: the rest of the archive is as bad. */
const mostFiles = 5_000_000

/** `digest` is that of `SHA256SUMS` at the top. */
export async function auditFiles(archive: ArchivedFiles, digest: string): Promise<readonly ArchiveFault[]> {
	const { files: listed, faults: found } = await readListedFiles((path) => archive.read(path), digest)
	const faults = [...found]
	if (faults.some(({ code }) => code === 'sums-differ' || code === 'bad-checksums')) return faults
	const yieldIfDue = yieldToEventLoop()
	for (const [path, right] of [...listed].sort(([one], [other]) => (one < other ? -1 : 1))) {
		const bytes = await archive.read(path)
		if (!bytes.ok) faults.push({ path, ...bytes.fault })
		else if (sha256(bytes.value) !== right)
			faults.push({
				code: 'file-altered',
				path,
				detail: 'not as SHA256SUMS says: edited, or of another publication',
			})
		await yieldIfDue()
	}
	let seen = 0
	for await (const path of archive.filesBelow('')) {
		if (++seen > mostFiles) break
		if (listed.has(path) || !isListed(path)) continue
		faults.push({ code: 'file-unlisted', path, detail: 'stands in no SHA256SUMS' })
		await yieldIfDue()
	}
	return faults
}

function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex')
}
