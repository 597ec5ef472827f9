/**
 * Technicians type `void`, `close`, `export` and `import` as root, in directories of services that are not root's.
 * What is made there is left to whom the directory belongs: the service could not write it any more otherwise.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Leaves a file that was just made at `path`, and did not exist before, to its directory's owner. */
export async function chownToOwner(made: FileHandle, path: string): Promise<void> {
	if (process.getuid?.() !== 0) return
	const { uid, gid } = await stat(dirname(path))
	if (uid !== 0) await made.chown(uid, gid)
}

/** The same for a directory. */
export async function chownDirectoryToOwner(path: string): Promise<void> {
	if (process.getuid?.() !== 0) return
	const made = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
	try {
		await chownToOwner(made, path)
	} finally {
		await made.close()
	}
}
