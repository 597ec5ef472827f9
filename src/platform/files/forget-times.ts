/**
 * Files and folders that say nothing of when they were written: the times of a day's pictures are as telling as minutes in
 * what was signed. Only times of change are set: creation, and change of the name's own record, no program can set.
 */
import { type FileHandle, lutimes, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The year 2000, in seconds since 1970: FAT knows none before 1980. */
const noTime = Date.UTC(2000, 0, 1) / 1_000

/** Where a file system does not let it be set, what was written is none the worse. */
export async function forgetTime(file: FileHandle): Promise<void> {
	await file.utimes(noTime, noTime).catch(() => {})
}

/** The same of all in `directory`, and of itself; links are not followed. */
export async function forgetTimes(directory: string): Promise<void> {
	const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
	for (const entry of entries) {
		const path = join(directory, entry.name)
		if (entry.isDirectory()) await forgetTimes(path)
		else if (entry.isFile()) await lutimes(path, noTime, noTime).catch(() => {})
	}
	await lutimes(directory, noTime, noTime).catch(() => {})
}
