import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

const made = new Set(['node_modules', 'dist', 'coverage', '.git'])

/** Whether a path leads into what is made on each machine anew, and is not there for others. */
export function isMade(path: string): boolean {
	return path.split(sep).some((name) => made.has(name))
}

/** The files below a directory with that ending, as sorted paths from it; without what is not written by people. */
export async function filesOf(directory: string, ending: string): Promise<string[]> {
	const found: string[] = []
	for (const entry of await readdir(directory, { withFileTypes: true })) {
		const path = join(directory, entry.name)
		if (entry.isDirectory() && !made.has(entry.name))
			found.push(...(await filesOf(path, ending)).map((file) => join(entry.name, file)))
		else if (entry.isFile() && entry.name.endsWith(ending)) found.push(relative(directory, path))
	}
	return found.sort()
}
