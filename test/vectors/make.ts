/** Writes `vectors.json` and `archives/archives.json`: `npx tsx test/vectors/make.ts`, after `npm run build`. */
import { writeFileSync } from 'node:fs'
import { archivesText, madeArchives } from './archives/archives.ts'
import { vectors, vectorsText } from './vectors.ts'

writeFileSync(new URL('vectors.json', import.meta.url), vectorsText(vectors))
writeFileSync(new URL('archives/archives.json', import.meta.url), archivesText(await madeArchives()))
