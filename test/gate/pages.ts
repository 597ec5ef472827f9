import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generatedPages } from '../pages/pages.ts'

/** The generated pages of `root` that are not of now, a line each. */
export async function checkPages(root: string): Promise<string[]> {
	const stale: string[] = []
	for (const [path, text] of await generatedPages()) {
		const written = await readFile(join(root, path), 'utf8').catch(() => null)
		if (written !== text) stale.push(`${path}: not of now, npm run pages writes it`)
	}
	return stale
}
