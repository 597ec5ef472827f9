import { spawn } from 'node:child_process'
import type { StickFolder } from './folder.ts'

/**
 * Makes all that the stick's file system holds in memory durable, its names and tables too: on FAT, syncing a
 * file does not sync the folder that it stands in. syncfs(2), by `sync`, since Node has no call for it. Throws
 * when the stick fails.
 */
export async function flush(stick: StickFolder): Promise<void> {
	const child = spawn('sync', ['-f', '/proc/self/fd/0'], { stdio: [stick.fd, 'ignore', 'ignore'] })
	const status = await new Promise((resolve, reject) => {
		child.once('error', reject)
		child.once('close', resolve)
	})
	if (status !== 0) throw Object.assign(new Error('the stick could not be synced'), { code: 'EIO' })
}
