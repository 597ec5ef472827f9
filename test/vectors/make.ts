/** Writes `vectors.json`, `archives/archives.json` and `proofs/proofs.json`: `npx tsx test/vectors/make.ts`, after `npm run build`. */
import { writeFileSync } from 'node:fs'
import { archivesText, madeArchives } from './archives/archives.ts'
import { madeProofs } from './proofs/proofs.ts'
import { vectors, vectorsText } from './vectors.ts'

writeFileSync(new URL('vectors.json', import.meta.url), vectorsText(vectors))
writeFileSync(new URL('archives/archives.json', import.meta.url), archivesText(await madeArchives()))
writeFileSync(new URL('proofs/proofs.json', import.meta.url), archivesText(await madeProofs()))
