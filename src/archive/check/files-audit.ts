/** The files of an archive by `SHA256SUMS`, which its site note signs. */
import { createHash } from 'node:crypto'
import { yieldToEventLoop } from '../../platform/process/yield-to-event-loop.ts'
import type { ArchivedFiles } from '../archive-folder.ts'
import { byBytes } from '../checksums.ts'
import { isListed, readListedFiles } from '../listed-files.ts'
import { isOfLog } from '../log-files.ts'
import type { Site } from '../site-note.ts'
import type { ArchiveFaults } from './archive-report.ts'

/** Nobody needs to be told of more: the rest of the archive is as bad. */
const mostFiles = 5_000_000

export async function auditFiles(archive: ArchivedFiles, site: Site, faults: ArchiveFaults): Promise<void> {
	const read = (path: string) => archive.read(path)
	const { files, named, faults: found } = await readListedFiles(read, site.checksums)
	for (const fault of found) faults.add(fault)
	if (found.some(({ code }) => code === 'sums-differ' || code === 'bad-checksums')) return
	const yieldIfDue = yieldToEventLoop()
	for (const [path, right] of [...files].sort(([one], [other]) => (one < other ? -1 : 1))) {
		const bytes = await archive.read(path)
		if (!bytes.ok) faults.add({ path, ...bytes.fault })
		else if (sha256(bytes.value) !== right)
			faults.add({
				code: 'file-altered',
				path,
				detail: 'not as SHA256SUMS says: edited, or of another publication',
			})
		await yieldIfDue()
	}
	const unlisted: string[] = []
	let seen = 0
	for await (const path of archive.filesBelow('')) {
		if (++seen > mostFiles) break
		const isNamed = files.has(path) || named.has(path) || !isListed(path)
		if (!isNamed || !isOfLog(path, site)) unlisted.push(path)
		await yieldIfDue()
	}
	for (const path of unlisted.sort(byBytes))
		faults.add({ code: 'file-unlisted', path, detail: 'neither in a SHA256SUMS nor of the log' })
}

function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex')
}
