/** Pages that are generated: `npm run pages` writes them, and the gate refuses those that are not of now. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cataloguePage, cataloguePictures, codePictures } from '../support/panel/catalogue-page.ts'

/** By their paths from the repository's root. */
const pages: Readonly<Record<string, () => string>> = {
	'src/panel/screens.md': cataloguePage,
}

/** The stale pages of `root`, a line each. */
export async function checkPages(root: string): Promise<string[]> {
	const stale: string[] = []
	for (const [path, make] of Object.entries(pages)) {
		const written = await readFile(join(root, path), 'utf8').catch(() => null)
		if (written !== make()) stale.push(`${path}: not of now, npm run pages writes it`)
	}
	return stale
}

export async function writePages(root: string): Promise<void> {
	for (const [path, make] of Object.entries(pages)) await write(join(root, path), make())
	for (const [name, picture] of [...cataloguePictures(), ...(await codePictures())])
		await write(join(root, 'src/panel/pictures', `${name}.png`), await picture.png())
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
	await mkdir(dirname(path), { recursive: true })
	await writeFile(path, content)
}
