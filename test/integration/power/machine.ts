/** What cutting the power takes beside root: loop devices, ext4 with its shutdown call, and strace for the control. */
import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Volume } from './volume.ts'

/** Why it can't be done here; null where it can. Tries it once, in `root`. */
export async function whyNoCuts(root: string): Promise<string | null> {
	const volume = new Volume(join(root, 'trial.img'), join(root, 'trial'), 'ordered')
	try {
		await promisify(execFile)('strace', ['-f', '-o', '/dev/null', '-e', 'trace=none', 'true'])
		await mkdir(volume.directory)
		await volume.make()
		await volume.attach()
		await volume.cut(volume.image)
		return null
	} catch (error) {
		return `no power can be cut here: ${(error as Error).message.trim()}`
	} finally {
		await volume.detach()
		await rm(volume.image, { force: true })
	}
}
