import { lstat, open, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDirectory, syncDirectory } from '../platform/files/durable.ts'
import { errorCode, pathIn } from './folder-file.ts'

/** Where files go that could not be recorded, inside the folder they came in. */
const setAsideName = 'set-aside'

/** Moves a file of `folder` into `set-aside/`, durably, under its name or its name with a number. */
export async function setAside(folder: string, name: string): Promise<void> {
	const directory = join(folder, setAsideName)
	await makeDirectory(directory)
	// A link here would carry images to wherever its maker likes.
	if (!(await lstat(directory)).isDirectory()) throw new Error(`${setAsideName} is not a folder`)
	for (let number = 1; ; number++) {
		const target = pathIn(directory, numbered(name, number))
		try {
			// Claims the name first: a rename alone would overwrite, and not every file system has links.
			await (await open(target, 'wx')).close()
		} catch (error) {
			if (errorCode(error) === 'EEXIST') continue
			throw error
		}
		try {
			await rename(pathIn(folder, name), target)
		} catch (error) {
			await unlink(target)
			throw error
		}
		await syncDirectory(directory)
		await syncDirectory(folder)
		return
	}
}

/** `acta.jpg`, `acta (2).jpg`, …: at most 255 bytes, which is what Linux allows. */
function numbered(name: string, number: number): string {
	const suffix = number === 1 ? '' : ` (${number})`
	const extension = /\.[^.]{1,16}$/.exec(name)?.[0] ?? ''
	const stem = name.slice(0, name.length - extension.length)
	return stem.slice(0, 255 - suffix.length - extension.length) + suffix + extension
}
