/** The files of an archive by `SHA256SUMS`, which its site note signs. */
import { createHash } from 'node:crypto'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { yieldToEventLoop } from '../../platform/process/yield-to-event-loop.ts'
import type { ArchiveFolder } from '../archive-folder.ts'
import { checksumsFile, folderNaming, parseChecksums } from '../checksums.ts'
import { checkpointFile, foldersWithoutChecksums, latestFeedFile, siteFile } from '../layout.ts'
import type { ArchiveFault } from './archive-report.ts'

/** Nobody needs to be told of more: the rest of the archive is as bad. */
const mostFiles = 5_000_000

/** `digest` is that of `SHA256SUMS` at the top. */
export async function auditFiles(archive: ArchiveFolder, digest: string): Promise<readonly ArchiveFault[]> {
	const faults: ArchiveFault[] = []
	const listed = new Map<string, string>()
	await takeChecksums(archive, '', digest, listed, faults)
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
	for await (const path of filesBelow(archive.folder)) {
		if (listed.has(path) || !isCovered(path)) continue
		faults.push({ code: 'file-unlisted', path, detail: 'stands in no SHA256SUMS' })
		await yieldIfDue()
	}
	return faults
}

/** Takes a `SHA256SUMS` and those that it names. */
async function takeChecksums(
	archive: ArchiveFolder,
	folder: string,
	digest: string,
	listed: Map<string, string>,
	faults: ArchiveFault[],
): Promise<void> {
	const path = folder === '' ? checksumsFile : `${folder}/${checksumsFile}`
	const bytes = await archive.read(path)
	if (!bytes.ok || sha256(bytes.value) !== digest) {
		const code = folder === '' ? 'sums-differ' : bytes.ok ? 'file-altered' : bytes.fault.code
		faults.push({ code, path, detail: bytes.ok ? 'not the one that is signed' : bytes.fault.detail })
		return
	}
	const parsed = parseChecksums(bytes.value.toString())
	if (!parsed.ok) {
		faults.push({ path, ...parsed.fault })
		return
	}
	for (const [name, right] of parsed.value) {
		const named = folder === '' ? name : `${folder}/${name}`
		const isOfFolder = name.endsWith(`/${checksumsFile}`)
		if (isOfFolder)
			await takeChecksums(archive, named.slice(0, -checksumsFile.length - 1), right, listed, faults)
		else if (folderNaming(named) === folder) listed.set(named, right)
		else faults.push({ code: 'bad-checksums', path, detail: `names ${named}, which is another folder's` })
	}
}

/** Whether a `SHA256SUMS` has to name it. */
function isCovered(path: string): boolean {
	const [top = '', ...rest] = path.split('/')
	if (path.split('/').at(-1) === checksumsFile) return false
	if (rest.length === 0) return top !== checkpointFile && top !== siteFile
	return !foldersWithoutChecksums.includes(top) && path !== latestFeedFile
}

async function* filesBelow(folder: string, path = '', budget = { left: mostFiles }): AsyncGenerator<string> {
	for await (const entry of await opendir(join(folder, path))) {
		const name = path === '' ? entry.name : `${path}/${entry.name}`
		if (--budget.left < 0) return
		if (entry.isDirectory()) yield* filesBelow(folder, name, budget)
		else yield name
	}
}

function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex')
}
