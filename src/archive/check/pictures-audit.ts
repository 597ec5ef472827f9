/** The public pictures of an archive: there, absent, withdrawn, altered. */
import { createHash } from 'node:crypto'
import { type ArchivedFiles, longestArchived } from '../archive-folder.ts'
import { byBytes } from '../checksums.ts'
import { imageFolder, pictureFile, withdrawnFile } from '../layout.ts'
import type { ArchiveFaults, ArchiveReport } from './archive-report.ts'

interface PicturesAuditOptions {
	/** False: none is looked at. */
	readonly images: boolean
	/** False while a publication is not: more may be there than leaves name. */
	readonly isComplete: boolean
	readonly progress: (what: string, done: number, total: number) => void
}

export async function auditPictures(
	archive: ArchivedFiles,
	pictures: ReadonlyMap<string, number>,
	faults: ArchiveFaults,
	{ images, isComplete, progress }: PicturesAuditOptions,
): Promise<ArchiveReport['images']> {
	const withdrawn = images ? await withdrawnPictures(archive) : new Set<string>()
	const counts = { public: pictures.size, absent: 0, withdrawn: 0 }
	if (!images) return counts
	let done = 0
	for (const [sha256, size] of [...pictures].sort(([one], [other]) => (one < other ? -1 : 1))) {
		const path = pictureFile(sha256)
		const bytes = await archive.read(path, Math.min(size, longestArchived))
		progress('pictures', ++done, pictures.size)
		if (!bytes.ok && bytes.fault.code === 'file-missing')
			counts[withdrawn.has(sha256) ? 'withdrawn' : 'absent']++
		else if (!bytes.ok && bytes.fault.code !== 'too-large') faults.add({ path, ...bytes.fault })
		else if (!bytes.ok || createHash('sha256').update(bytes.value).digest('hex') !== sha256)
			faults.add({ code: 'image-altered', path, detail: 'other bytes than the leaf names' })
	}
	if (!isComplete) return counts
	const unknown: string[] = []
	for await (const path of archive.filesBelow(imageFolder)) {
		const sha256 = path.split('/').at(-1) ?? ''
		const isNamed = pictures.has(sha256) && path === pictureFile(sha256)
		if (!isNamed) unknown.push(path)
	}
	for (const path of unknown.sort(byBytes))
		faults.add({ code: 'image-unknown', path, detail: 'no leaf names it as a public picture' })
	return counts
}

/** Digests that `disputes/withdrawn.csv` names. */
export async function withdrawnPictures(archive: ArchivedFiles): Promise<ReadonlySet<string>> {
	const bytes = await archive.read(withdrawnFile)
	const lines = bytes.ok ? bytes.value.toString().split('\n') : []
	return new Set(
		lines.map((line) => line.split(',')[0] ?? '').filter((first) => /^[0-9a-f]{64}$/.test(first)),
	)
}
