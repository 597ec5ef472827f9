/** Writes the catalogue of screens and its pictures: `npm run screens`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cataloguePage, cataloguePictures } from '#src/simulator/panel/catalogue-page.js'

const folder = join(import.meta.dirname, '../../src/panel')
await mkdir(join(folder, 'pictures'), { recursive: true })
await writeFile(join(folder, 'screens.md'), cataloguePage())
for (const [name, picture] of cataloguePictures()) {
	await writeFile(join(folder, 'pictures', `${name}.png`), await picture.png())
}
