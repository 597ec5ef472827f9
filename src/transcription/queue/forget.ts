/** Deletes the pictures of a queue, which show names and signatures: when all is read, or when somebody comes. */
import { readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ImageFiles } from '../../journal/image-files.ts'
import { syncDirectory } from '../../platform/files/durable.ts'
import { isOwnFolder } from '../../platform/files/own-folder.ts'
import { picturesDirectory } from './queue.ts'

export interface Forgotten {
	readonly pictures: number
	/** Names in its folder that are none of ours, and stay. */
	readonly others: readonly string[]
}

/** Of a queue that was not finished too. Rejects when the disk fails, or where the folder is a link or another's. */
export async function forgetPictures(directory: string): Promise<Forgotten> {
	const folder = join(directory, picturesDirectory)
	if (!(await isOwnFolder(directory, picturesDirectory))) return { pictures: 0, others: [] }
	const files = new ImageFiles(folder)
	let pictures = 0
	for await (const sha256 of files.list()) if (await files.remove(sha256)) pictures++
	await files.clearUnfinished()
	const others: string[] = []
	for (const name of await readdir(folder)) {
		if (/^[0-9a-f]{2}$/.test(name) && (await removeEmpty(join(folder, name)))) continue
		others.push(name)
	}
	if (others.length === 0) await removeEmpty(folder)
	await syncDirectory(directory)
	return { pictures, others }
}

async function removeEmpty(folder: string): Promise<boolean> {
	return await rmdir(folder).then(
		() => true,
		() => false,
	)
}
