/**
 * The one way to open a file that another process or person may have put there: what bears the name is looked at
 * before it is opened, and opened only where it is a plain file.
 *
 * INVARIANTS
 * - No link is followed as the last name. A pipe is not waited for, and a device not opened, which may do something.
 * - What is opened is what was looked at, whatever bears the name by then (open(2), "O_PATH"; proc(5), "fd").
 * - A second name is refused: the file may be another user's, or be written to under its other name.
 */
import { constants, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Fault, fail, ok, type Result } from '../result.ts'

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/** Linux numbers it so on every processor that we build for; Node has no name for it. */
const O_PATH = 0o10000000

/** What is read at once. */
const readAheadBytes = 1 << 18

/** `missing`: nothing bears the name. Anything else but `missing`: something does that is not taken for a file. */
export type NotPlain = Fault<'missing' | 'linked' | 'not-a-file' | 'other-owner'>

export interface PlainFile {
	readonly handle: FileHandle
	/** As it was when it was looked at. */
	readonly seen: Stats
}

export interface PlainFileOptions {
	/** How to open it: to read, unless it says more. */
	readonly flags?: number
	/** User ids to whom it may belong; anybody's unless given. */
	readonly owners?: readonly number[]
	/** Also a file with a second name. */
	readonly secondNames?: boolean
}

/** The caller closes it. `detail` begins with what it is; throws an errno for what fails otherwise. */
export async function openPlain(
	path: string | Buffer,
	{ flags = O_RDONLY, owners, secondNames = false }: PlainFileOptions = {},
): Promise<Result<PlainFile, NotPlain>> {
	const found = await look(path)
	if (!found.ok) return found
	const { handle: place, seen } = found.value
	try {
		if (!seen.isFile()) return fail(seen.isSymbolicLink() ? 'linked' : 'not-a-file', kindOf(seen))
		if (seen.nlink > 1 && !secondNames) return fail('linked', 'it has a second name')
		if (owners?.includes(seen.uid) === false) {
			return fail('other-owner', `it belongs to another user (${seen.uid})`)
		}
		// Without waiting: the owner of a file can hold off who opens it (fcntl(2), "Leases").
		return ok({ handle: await open(`/proc/self/fd/${place.fd}`, flags | O_NONBLOCK), seen })
	} finally {
		await place.close()
	}
}

/**
 * Opens to read what a person or a configuration named: links are theirs, and followed. A pipe or a device in its
 * place is refused without waiting. Throws an errno.
 */
export async function openRegular(path: string): Promise<PlainFile> {
	const handle = await open(path, O_RDONLY | O_NONBLOCK)
	try {
		const seen = await handle.stat()
		if (seen.isFile()) return { handle, seen }
		const code = seen.isDirectory() ? 'EISDIR' : 'not-a-file'
		throw Object.assign(new Error(`${code}: ${kindOf(seen)}`), { code, path, kind: kindOf(seen) })
	} catch (error) {
		await handle.close()
		throw error
	}
}

interface Range {
	readonly start?: number
	/** Of the first byte that is not read. */
	readonly end?: number
}

/** The bytes of such a file. */
export async function* filePieces(path: string, range: Range = {}): AsyncGenerator<Buffer> {
	const file = await openRegular(path)
	try {
		yield* piecesOf(file, range)
	} finally {
		await file.handle.close()
	}
}

/** No more than were there when it was opened: a link can lead to a file of the kernel's that has no end. */
export async function* piecesOf(
	{ handle, seen }: PlainFile,
	{ start = 0, end = seen.size }: Range = {},
): AsyncGenerator<Buffer> {
	const last = Math.min(end, seen.size) - 1
	if (last < start) return
	yield* handle.createReadStream({ autoClose: false, start, end: last, highWaterMark: readAheadBytes })
}

/**
 * Opens to read a file some folders below `folder`, which a person named: links to that are theirs, and followed, none
 * below it is. Whose it is, and whether it has a second name, says nothing: copies share what they have in common
 * (rsync(1), "--link-dest"), and who asks looks at the bytes. `names` are single ones, the last of them the file's.
 * Throws an errno.
 */
export async function openBelow(
	folder: string,
	names: readonly string[],
): Promise<Result<PlainFile, NotPlain>> {
	if (names.length === 0 || names.some((name) => ['', '.', '..'].includes(name) || /[/\0]/.test(name)))
		throw new RangeError('not single names')
	let held: FileHandle | null = null
	try {
		held = await open(folder, O_PATH | O_DIRECTORY)
		for (const name of names.slice(0, -1)) {
			const below = await holdDirectory(`/proc/self/fd/${held.fd}/${name}`)
			if (!below.ok) return below
			await held.close()
			held = below.value.handle
		}
		return await openPlain(`/proc/self/fd/${held.fd}/${names.at(-1)}`, { secondNames: true })
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
		return fail('missing', 'there is no such folder')
	} finally {
		await held?.close()
	}
}

/** A directory, held so that names in it can be given as `/proc/self/fd/<fd>/<name>`; never through a link. */
export async function holdDirectory(path: string): Promise<Result<PlainFile, NotPlain>> {
	const found = await look(path)
	if (!found.ok) return found
	const { handle, seen } = found.value
	if (seen.isDirectory()) return found
	await handle.close()
	return fail(
		seen.isSymbolicLink() ? 'linked' : 'not-a-file',
		`its directory is no directory: ${kindOf(seen)}`,
	)
}

async function look(path: string | Buffer): Promise<Result<PlainFile, NotPlain>> {
	let handle: FileHandle
	try {
		handle = await open(path, O_PATH | O_NOFOLLOW)
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException
		if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
		return fail('missing', 'there is no such file')
	}
	try {
		return ok({ handle, seen: await handle.stat() })
	} catch (error) {
		await handle.close()
		throw error
	}
}

export function kindOf(seen: Stats): string {
	if (seen.isSymbolicLink()) return 'it is a link'
	if (seen.isDirectory()) return 'it is a directory'
	if (seen.isFIFO()) return 'it is a pipe'
	if (seen.isSocket()) return 'it is a socket'
	return seen.isFile() ? 'it is a file' : 'it is a device'
}
