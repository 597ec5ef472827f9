/** Which files an archive consists of, by the `SHA256SUMS` that its site note signs. */
import { createHash } from 'node:crypto'
import type { Result } from '../platform/result.ts'
import type { ArchiveFault } from './check/archive-report.ts'
import { checksumsFile, folderNaming, parseChecksums } from './checksums.ts'
import { checkpointFile, foldersWithoutChecksums, latestFeedFile, siteFile } from './layout.ts'

/** Digests by path. */
export interface ListedFiles {
	readonly files: ReadonlyMap<string, string>
	/** Every `SHA256SUMS`. */
	readonly checksums: ReadonlyMap<string, string>
	readonly faults: readonly ArchiveFault[]
}

/** Where the bytes of a `SHA256SUMS` come from, which should have this digest. */
type ReadChecksums = (path: string, digest: string) => Promise<Result<Uint8Array>>

/** `digest` is that of `SHA256SUMS` at the top. */
export async function readListedFiles(read: ReadChecksums, digest: string): Promise<ListedFiles> {
	const taken = { files: new Map<string, string>(), checksums: new Map<string, string>(), faults: [] }
	await take(read, '', digest, taken)
	return taken
}

interface Taken {
	readonly files: Map<string, string>
	readonly checksums: Map<string, string>
	readonly faults: ArchiveFault[]
}

/** Takes a `SHA256SUMS` and those that it names. */
async function take(read: ReadChecksums, folder: string, digest: string, taken: Taken): Promise<void> {
	const path = folder === '' ? checksumsFile : `${folder}/${checksumsFile}`
	const bytes = await read(path, digest)
	if (!bytes.ok || createHash('sha256').update(bytes.value).digest('hex') !== digest) {
		const code = folder === '' ? 'sums-differ' : bytes.ok ? 'file-altered' : bytes.fault.code
		taken.faults.push({ code, path, detail: bytes.ok ? 'not the one that is signed' : bytes.fault.detail })
		return
	}
	taken.checksums.set(path, digest)
	const parsed = parseChecksums(Buffer.from(bytes.value).toString())
	if (!parsed.ok) {
		taken.faults.push({ path, ...parsed.fault })
		return
	}
	for (const [name, right] of parsed.value) {
		const named = folder === '' ? name : `${folder}/${name}`
		const isOfFolder = name.endsWith(`/${checksumsFile}`)
		if (isOfFolder) await take(read, named.slice(0, -checksumsFile.length - 1), right, taken)
		else if (folderNaming(named) === folder) taken.files.set(named, right)
		else
			taken.faults.push({ code: 'bad-checksums', path, detail: `names ${named}, which is another folder's` })
	}
}

/** Whether a `SHA256SUMS` has to name the file at this path. */
export function isListed(path: string): boolean {
	const [top = '', ...rest] = path.split('/')
	if (path.split('/').at(-1) === checksumsFile) return false
	if (rest.length === 0) return top !== checkpointFile && top !== siteFile
	return !foldersWithoutChecksums.includes(top) && path !== latestFeedFile
}
