/**
 * Files that this process keeps: opened by handle, and refused where they are not what they would be had nobody else
 * been at the directory. A link could lead to any file, so could a second name; a pipe would let us wait for ever.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openPlain } from './plain-file.ts'

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = constants

/** `read`, or `write` to change it as it is: it must be there. */
const ways = { read: O_RDONLY, write: O_RDWR } as const

/** What bears a file's name and is not taken for it. */
export class NotOwnFile extends Error {
	/** As an errno: the system could have said so. */
	readonly code = 'EPERM'
	readonly syscall = 'open'

	constructor(path: string, what: string) {
		super(`${path}: ${what}; it is left as it is`)
	}
}

/**
 * Opens a plain file without a second name, of this process's user or of the directory's owner; to read it may be
 * root's too, who may once have made it. Throws NotOwnFile for any other, ENOENT for none.
 */
export async function openOwn(path: string, way: keyof typeof ways): Promise<FileHandle> {
	const { uid } = await stat(dirname(path))
	const owners = [process.geteuid?.() ?? uid, uid, ...(way === 'read' ? [0] : [])]
	const opened = await openPlain(path, { flags: ways[way], owners })
	if (opened.ok) return opened.value.handle
	const { code, detail } = opened.fault
	if (code !== 'missing') throw new NotOwnFile(path, detail)
	throw Object.assign(new Error(`ENOENT: no such file, open '${path}'`), {
		code: 'ENOENT',
		syscall: 'open',
		path,
	})
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
