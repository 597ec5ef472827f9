/** Writes `vectors.json`: `npx tsx test/vectors/make.ts`. */
import { writeFileSync } from 'node:fs'
import { vectors, vectorsText } from './vectors.ts'

writeFileSync(new URL('vectors.json', import.meta.url), vectorsText(vectors))
