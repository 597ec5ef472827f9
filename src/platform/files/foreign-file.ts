import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Fault, fail, ok, type Result } from '../result.ts'

export type ForeignFileFault = Fault<'file-missing' | 'file-unreadable'>

export interface ForeignFile {
	readonly handle: FileHandle
	/** Bytes. */
	readonly size: number
	/** When it was touched last, milliseconds since 1970. */
	readonly touchedMs: number
}

/**
 * Opens to read what another process wrote, which may be captured: a plain file, never through a link, and
 * without waiting at a pipe. The caller caps what it reads, and closes.
 */
export async function openForeign(path: string): Promise<Result<ForeignFile, ForeignFileFault>> {
	let handle: FileHandle | undefined
	try {
		handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
		const stat = await handle.stat()
		if (stat.isFile()) return ok({ handle, size: stat.size, touchedMs: stat.mtimeMs })
		await handle.close()
		return fail('file-unreadable', `${path}: no plain file`)
	} catch (error) {
		await handle?.close()
		const { code = 'unknown' } = error as NodeJS.ErrnoException
		if (code === 'ENOENT' || code === 'ENOTDIR') return fail('file-missing', `${path}: there is no such file`)
		return fail('file-unreadable', `${path}: can't be read (${code})`)
	}
}
