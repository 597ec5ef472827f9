import { spawn } from 'node:child_process'

/**
 * Makes all that the file system behind an open directory holds in memory durable, its names and tables too: on FAT,
 * syncing a file does not sync the folder that it stands in, and thousands of files would take a sync each. syncfs(2), by
 * `sync`, since Node has no call for it. Throws EIO when the disk fails.
 */
export async function syncFileSystem(fd: number): Promise<void> {
	const child = spawn('sync', ['-f', '/proc/self/fd/0'], { stdio: [fd, 'ignore', 'ignore'] })
	const status = await new Promise((resolve, reject) => {
		child.once('error', reject)
		child.once('close', resolve)
	})
	if (status !== 0) throw Object.assign(new Error('the file system could not be synced'), { code: 'EIO' })
}
