/** `SHA256SUMS` as `sha256sum` prints it, in one order (`provisioning/verify/ARCHIVE.md`, "Files by digest"). Pure. */
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export const checksumsFile = 'SHA256SUMS'

/** Digest by path, from the folder in which the file stands. */
export type Checksums = ReadonlyMap<string, string>

export function formatChecksums(checksums: Checksums): string {
	const paths = [...checksums.keys()].sort(byBytes)
	return paths.map((path) => `${checksums.get(path)}  ${path}\n`).join('')
}

/** Also what `sha256sum` would read otherwise is refused: a path by two spellings, one that leads elsewhere, another order. */
export function parseChecksums(text: string): Result<Checksums, Fault<'bad-checksums'>> {
	const checksums = new Map<string, string>()
	if (text !== '' && !text.endsWith('\n')) return refuse(text.split('\n').length, 'it does not end')
	let before = ''
	for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
		const [, digest, path] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? []
		if (digest === undefined || path === undefined) return refuse(index + 1, 'no digest, two blanks and a path')
		if (!isPathBelow(path)) return refuse(index + 1, 'the path leads elsewhere')
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

/** Paths are ASCII, so that UTF-16 has the order of the bytes. */
function byBytes(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0
}

function refuse(line: number, what: string): Result<never, Fault<'bad-checksums'>> {
	return fail('bad-checksums', `line ${line}: ${what}`)
}
