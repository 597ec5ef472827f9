/** Writes the generated pages and their pictures: `npm run pages`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { generatedPages, generatedPictures } from './pages.ts'

const root = join(import.meta.dirname, '../..')
for (const [path, content] of [...(await generatedPages()), ...(await generatedPictures())]) {
	await mkdir(dirname(join(root, path)), { recursive: true })
	await writeFile(join(root, path), content)
}
