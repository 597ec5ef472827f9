/**
 * Folders below a directory that this process keeps. The directory is named by a person, and may be reached by links;
 * what lies below it is ours: a link there, or somebody else's folder, would carry our files to where its maker likes.
 *
 * Once it was looked at nobody but the directory's owner, root and ourselves can put another in its place.
 */
import { lstat, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isOpenToOthers } from '../process/give-up-root.ts'
import { makeDirectory } from './durable.ts'
import { NotOwnFile } from './own-file.ts'
import { kindOf } from './plain-file.ts'

/**
 * Whether `names` are there, each a folder in the one before, the first in `directory`. Throws NotOwnFile where one
 * of them is no folder, or belongs to another user than to us, the directory's owner or root.
 */
export async function isOwnFolder(directory: string, ...names: readonly string[]): Promise<boolean> {
	const owner = await ownerOf(directory)
	if (owner === null) return false
	let path = directory
	for (const name of names) {
		path = join(path, name)
		if (!(await isFolderOf(owner, path))) return false
	}
	return true
}

/** The same, made durably where they are missing, the directory too; gives their path. */
export async function makeOwnFolder(directory: string, ...names: readonly string[]): Promise<string> {
	await makeDirectory(directory)
	let path = directory
	const { uid } = await stat(directory)
	for (const name of names) {
		path = join(path, name)
		if (await isFolderOf(uid, path)) continue
		await makeDirectory(path)
		// Somebody could have been faster.
		await isFolderOf(uid, path)
	}
	return path
}

async function ownerOf(directory: string): Promise<number | null> {
	const found = await stat(directory).catch(nullIfMissing)
	return found === null ? null : found.uid
}

async function isFolderOf(owner: number, path: string): Promise<boolean> {
	const found = await lstat(path).catch(nullIfMissing)
	if (found === null) return false
	if (!found.isDirectory()) throw new NotOwnFile(path, `should be a folder: ${kindOf(found)}`)
	const we = process.geteuid?.() ?? owner
	if (![we, owner, 0].includes(found.uid)) {
		throw new NotOwnFile(path, `it belongs to another user (${found.uid})`)
	}
	// As `giveUpRoot` has it for the directories above.
	if (we === 0 && isOpenToOthers(found)) throw new NotOwnFile(path, 'others than root may put files into it')
	return true
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
	if (error.code === 'ENOENT') return null
	throw error
}
