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
	/** The paths of all `SHA256SUMS` that should be there. */
	readonly named: ReadonlySet<string>
	readonly faults: readonly ArchiveFault[]
}

/** Where the bytes of a `SHA256SUMS` come from, which should have this digest. */
type ReadChecksums = (path: string, digest: string) => Promise<Result<Uint8Array>>

/** `digest` is that of `SHA256SUMS` at the top. */
export async function readListedFiles(read: ReadChecksums, digest: string): Promise<ListedFiles> {
	const taken: Taken = { files: new Map(), checksums: new Map(), named: new Set(), faults: [] }
	await take(read, '', digest, taken)
	return taken
}

interface Taken {
	readonly files: Map<string, string>
	readonly checksums: Map<string, string>
	readonly named: Set<string>
	readonly faults: ArchiveFault[]
}

/** Takes a `SHA256SUMS` and those that it names. */
async function take(read: ReadChecksums, folder: string, digest: string, taken: Taken): Promise<void> {
	const path = folder === '' ? checksumsFile : `${folder}/${checksumsFile}`
	taken.named.add(path)
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
		const below = named.endsWith(`/${checksumsFile}`) ? named.slice(0, -checksumsFile.length - 1) : null
		if (below === null && folderNaming(named) === folder) taken.files.set(named, right)
		else if (below !== null && folderNaming(named) === below && folderAbove(below) === folder)
			await take(read, below, right, taken)
		else
			taken.faults.push({ code: 'bad-checksums', path, detail: `names ${named}, which is another folder's` })
	}
}

function folderAbove(folder: string): string {
	return folder.slice(0, Math.max(0, folder.lastIndexOf('/')))
}

/** Whether a `SHA256SUMS` has to name the file at this path. */
export function isListed(path: string): boolean {
	const [top = '', ...rest] = path.split('/')
	if (rest.length === 0) return top !== checkpointFile && top !== siteFile
	return !foldersWithoutChecksums.includes(top) && path !== latestFeedFile
}
