/** Writes the catalogue of screens and its pictures: `npm run screens`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cataloguePage, cataloguePictures, codePictures } from '../support/panel/catalogue-page.ts'

const folder = join(import.meta.dirname, '../../src/panel')
await mkdir(join(folder, 'pictures'), { recursive: true })
await writeFile(join(folder, 'screens.md'), cataloguePage())
for (const [name, picture] of [...cataloguePictures(), ...(await codePictures())]) {
	await writeFile(join(folder, 'pictures', `${name}.png`), await picture.png())
}
