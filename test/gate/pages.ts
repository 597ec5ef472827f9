/** What is generated from the code, against what lies in the repository. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { generatedPages, generatedPictures } from '../pages/pages.ts'

const pictures = 'src/panel/pictures'

/** The generated files of `root` that are not of now, and pictures that nothing makes any more, a line each. */
export async function checkPages(root: string): Promise<string[]> {
	const stale: string[] = []
	for (const [path, text] of await generatedPages())
		if ((await readFile(join(root, path), 'utf8').catch(() => null)) !== text) stale.push(path)
	const made = await generatedPictures()
	for (const [path, picture] of made) {
		const written = await pixelsOf(join(root, path)).catch(() => null)
		if (written === null || !written.equals(await pixelsOf(picture))) stale.push(path)
	}
	const there = await readdir(join(root, pictures)).catch(() => [])
	const orphans = there.map((name) => `${pictures}/${name}`).filter((path) => !made.has(path))
	return [
		...stale.map((path) => `${path}: not of now, npm run pages writes it`),
		...orphans.map((path) => `${path}: nothing makes it any more`),
	]
}

/** Two compressors make different files of the same picture. */
async function pixelsOf(png: string | Buffer): Promise<Buffer> {
	const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true })
	return Buffer.concat([Buffer.from(JSON.stringify([info.width, info.height, info.channels])), data])
}
