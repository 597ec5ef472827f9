/** Whether a file system takes more: two cheap calls, made before each scan. */
import { access, constants, statfs } from 'node:fs/promises'
import { fail, ok, type Result } from '../platform/result.ts'
import { type DiskFault, diskFault } from './disk-fault.ts'

export interface FreeSpace {
	readonly bytes: number
	/** Names for new files and folders. */
	readonly inodes: number
}

/** Ok when the file system that holds `directory` can be written and has `need` left. */
export async function checkFreeSpace(directory: string, need: FreeSpace): Promise<Result<true, DiskFault>> {
	try {
		// Says EROFS to everybody, also to root, who may otherwise write anywhere (access(2)).
		await access(directory, constants.W_OK)
		const { bavail, bsize, files, ffree } = await statfs(directory)
		const free = bavail * bsize
		if (free < need.bytes) {
			return fail(
				'disk-full',
				`${directory}: ${mega(free)} MB free of ${mega(need.bytes)} that a scan may need`,
			)
		}
		// Some file systems (btrfs) make inodes as they go and count none.
		if (files > 0 && ffree < need.inodes) {
			return fail('no-inodes', `${directory}: ${ffree} inodes free of ${need.inodes} that a scan may need`)
		}
		return ok(true)
	} catch (error) {
		return { ok: false, fault: diskFault(error, `${directory}: can't be written`) }
	}
}

function mega(bytes: number): string {
	return (bytes / 1e6).toFixed(1)
}
