/**
 * One writer at a time, by flock(2): the kernel lets go when the holder is gone, however it went, so there is
 * no stale lock to look into. Node has no call for it; util-linux's `flock` takes it on our own handle, to whose
 * opening it then belongs: it is held until that is closed. proper-lockfile makes a directory instead, which outlives
 * a power cut.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { makeOwn, NotOwnFile, openOwn } from '../platform/files/own-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export type LockFault = Fault<'locked' | 'no-flock' | 'disk-full' | 'unwritable'>

/** How long a writer that was just killed may take to let go, in seconds. */
const waitSeconds = 2

export class Lock {
	readonly #file: FileHandle

	private constructor(file: FileHandle) {
		this.#file = file
	}

	/** Takes the lock on `path`, a file made for it. */
	static async take(path: string): Promise<Result<Lock, LockFault>> {
		const opened = await openToLock(path)
		return opened.ok ? Lock.#of(path, opened.value) : opened
	}

	/** Takes the lock on a folder itself, in which no file may lie that is not its own. It must be there. */
	static async takeFolder(path: string): Promise<Result<Lock, LockFault>> {
		try {
			return await Lock.#of(path, await open(path, constants.O_RDONLY | constants.O_DIRECTORY))
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException
			if (code === undefined) throw error
			return fail('unwritable', `${path}: can't be opened to be locked (${code})`)
		}
	}

	static async #of(path: string, file: FileHandle): Promise<Result<Lock, LockFault>> {
		const status = await flock(['--wait', String(waitSeconds), '3'], file.fd)
		if (status === 0) return ok(new Lock(file))
		await file.close()
		if (status === null) return fail('no-flock', "can't run flock (package util-linux)")
		// flock(1), EXIT STATUS.
		return status === 1
			? fail('locked', `${path}: another process is writing here; stop it first`)
			: fail('unwritable', `${path}: can't be locked (flock: ${status})`)
	}

	release(): Promise<void> {
		return this.#file.close()
	}
}

/**
 * Locks what is open at `fd` for as long as it is, without waiting. False where another process has locked it; who can't
 * lock at all is not kept out.
 */
export async function lockOpen(fd: number): Promise<boolean> {
	return (await flock(['--nonblock', '3'], fd)) !== 1
}

/** `no-flock`: the program that locks is not installed. */
export type LockState = 'free' | 'held' | 'no-flock'

/** Takes it shared, and lets go at once: a kiosk that starts meanwhile waits for longer than that. */
export async function lockState(path: string): Promise<LockState> {
	const file = await openOwn(path, 'read').catch(() => null)
	try {
		const status =
			file === null ? await flock(['--version']) : await flock(['--shared', '--nonblock', '3'], file.fd)
		if (status === null) return 'no-flock'
		return file === null || status === 0 ? 'free' : 'held'
	} finally {
		await file?.close()
	}
}

/** To read it is enough: one that root once made keeps nobody from it. */
async function openToLock(path: string): Promise<Result<FileHandle, LockFault>> {
	try {
		// Who may read it may lock it, and keep its owner from its work: nobody else may.
		const made = await makeOwn(path, 0o600).catch((error: NodeJS.ErrnoException) => {
			if (error.code === 'EEXIST') return null
			throw error
		})
		return ok(made ?? (await openOwn(path, 'read')))
	} catch (error) {
		if (error instanceof NotOwnFile) return fail('unwritable', error.message)
		const { code } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		if (code === 'ENOSPC' || code === 'EDQUOT')
			return fail('disk-full', `${path}: can't be made to be locked`)
		return fail('unwritable', `${path}: can't be opened to be locked (${code})`)
	}
}

/** The exit status; null where there is no such program, or a signal ended it. It inherits `handle` as its third. */
function flock(words: readonly string[], handle?: number): Promise<number | null> {
	const child = spawn('flock', words, {
		stdio: ['ignore', 'ignore', 'ignore', ...(handle === undefined ? [] : [handle])],
	})
	return new Promise((resolve) => {
		child.once('error', () => resolve(null))
		child.once('exit', resolve)
	})
}
