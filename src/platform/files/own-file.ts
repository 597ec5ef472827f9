/**
 * Files that this process keeps: opened by handle, and refused where they are not what they would be had nobody else
 * been at the directory. A link could lead to any file, so could a second name; a pipe would let us wait for ever.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants

/** `read`, or `write` to change it as it is: it must be there. */
const ways = { read: O_RDONLY, write: O_RDWR } as const

/** What bears a file's name and is not taken for it. */
export class NotOwnFile extends Error {
	/** As an errno: the system could have said so. */
	readonly code = 'EPERM'
	readonly syscall = 'open'

	constructor(path: string, what: string) {
		super(`${path}: ${what}; nothing of ours is, and it is left as it is`)
	}
}

/**
 * Opens a plain file without a second name, of this process's user or of the directory's owner; to read it may be
 * root's too, who may once have made it. Throws NotOwnFile for any other.
 */
export async function openOwn(path: string, way: keyof typeof ways): Promise<FileHandle> {
	const file = await open(path, ways[way] | O_NOFOLLOW | O_NONBLOCK).catch((error) => {
		throw error.code === 'ELOOP' ? new NotOwnFile(path, 'is a link') : error
	})
	try {
		const [found, directory] = [await file.stat(), await stat(dirname(path))]
		const owners = [process.geteuid?.() ?? found.uid, directory.uid, ...(way === 'read' ? [0] : [])]
		if (!found.isFile()) throw new NotOwnFile(path, 'is no plain file')
		if (found.nlink > 1) throw new NotOwnFile(path, 'has a second name')
		if (!owners.includes(found.uid)) throw new NotOwnFile(path, `belongs to another user (${found.uid})`)
		return file
	} catch (error) {
		await file.close()
		throw error
	}
}

/** Opens a file that was not there before; throws EEXIST, touching nothing, when anything was. */
export async function makeOwn(path: string, mode = 0o644): Promise<FileHandle> {
	return await open(path, O_RDWR | O_CREAT | O_EXCL, mode)
}

/** Opens it to write, or makes it. */
export async function openOrMakeOwn(path: string, mode = 0o644): Promise<FileHandle> {
	const made = await makeOwn(path, mode).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'EEXIST') return null
		throw error
	})
	return made ?? (await openOwn(path, 'write'))
}

/** The whole of one that is small, since this process wrote it. */
export async function readOwn(path: string): Promise<Buffer> {
	const file = await openOwn(path, 'read')
	try {
		return await file.readFile()
	} finally {
		await file.close()
	}
}
