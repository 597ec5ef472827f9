/** What `npm run lint` asks besides the linter: one line for each thing that is wrong, and status 1. */
import { join } from 'node:path'
import { checkExpectations } from './expectations.ts'
import { checkLayers } from './layers.ts'
import { checkLinks } from './links.ts'
import { checkOpens } from './opens.ts'
import { checkOutput } from './output.ts'
import { checkPages } from './pages.ts'
import { checkUnused } from './unused.ts'

const root = join(import.meta.dirname, '../..')
const wrong = await Promise.all([
	checkLayers(root),
	checkLinks(root),
	checkOutput(root),
	checkExpectations(root),
	checkOpens(root),
	checkPages(root),
	checkUnused(root),
])
for (const line of wrong.flat()) process.stderr.write(`${line}\n`)
process.exitCode = wrong.flat().length === 0 ? 0 : 1
