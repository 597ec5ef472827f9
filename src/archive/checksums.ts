/** `SHA256SUMS` as `sha256sum` prints it, in one order (`provisioning/verify/ARCHIVE.md`, "Files by digest"). Pure. */
import { createHash } from 'node:crypto'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export const checksumsFile = 'SHA256SUMS'

/** Digest by path, from the folder in which the file stands. */
export type Checksums = ReadonlyMap<string, string>

function formatChecksums(checksums: Checksums): string {
	const paths = [...checksums.keys()].sort(byBytes)
	return paths.map((path) => `${checksums.get(path)}  ${path}\n`).join('')
}

/** Folders whose own `SHA256SUMS` names those of the folders below, so that a change touches little. */
const dividedFolders: readonly string[] = ['p', 'c']

/** The folder whose `SHA256SUMS` names a file: empty for the top. */
export function folderNaming(path: string): string {
	const [top = '', below = '', ...rest] = path.split('/')
	if (below === '') return ''
	return dividedFolders.includes(top) && rest.length > 0 ? `${top}/${below}` : top
}

/** Every `SHA256SUMS` by its path, of the files with these digests. */
export function checksumFiles(files: Checksums): ReadonlyMap<string, string> {
	const folders = new Map<string, Map<string, string>>([['', new Map()]])
	const nameIn = (folder: string, path: string, digest: string) => {
		const names = folders.get(folder) ?? new Map<string, string>()
		folders.set(folder, names.set(folder === '' ? path : path.slice(folder.length + 1), digest))
	}
	for (const [path, digest] of files) nameIn(folderNaming(path), path, digest)
	const texts = new Map<string, string>()
	for (const depth of [2, 1, 0]) {
		for (const [folder, names] of [...folders]) {
			if (depthOf(folder) !== depth) continue
			const path = folder === '' ? checksumsFile : `${folder}/${checksumsFile}`
			const text = formatChecksums(names)
			texts.set(path, text)
			const [top = ''] = folder.split('/')
			if (depth > 0) nameIn(depth === 2 ? top : '', path, createHash('sha256').update(text).digest('hex'))
		}
	}
	return texts
}

function depthOf(folder: string): number {
	return folder === '' ? 0 : folder.split('/').length
}

/** A file system may have no longer name. */
const longestPath = 255

/** Also what `sha256sum` would read otherwise is refused: a path by two spellings, one that leads elsewhere, another order. */
export function parseChecksums(text: string): Result<Checksums, Fault<'bad-checksums'>> {
	const checksums = new Map<string, string>()
	if (text !== '' && !text.endsWith('\n')) return refuse(text.split('\n').length, 'it does not end')
	let before = ''
	for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
		const [, digest, path] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? []
		if (digest === undefined || path === undefined)
			return refuse(index + 1, 'no digest, two blanks and a path')
		if (!isPathBelow(path)) return refuse(index + 1, 'the path leads elsewhere')
		if (path.length > longestPath) return refuse(index + 1, 'the path is too long')
		if (index > 0 && byBytes(before, path) >= 0) return refuse(index + 1, 'not in the order of their bytes')
		checksums.set(path, digest)
		before = path
	}
	return ok(checksums)
}

/** Letters, digits, `.`, `-`, `_` between slashes, as every file of an archive is named. */
export function isPathBelow(path: string): boolean {
	return path.split('/').every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part))
}

export function byBytes(one: string, other: string): number {
	return Buffer.compare(Buffer.from(one), Buffer.from(other))
}

function refuse(line: number, what: string): Result<never, Fault<'bad-checksums'>> {
	return fail('bad-checksums', `line ${line}: ${what}`)
}
