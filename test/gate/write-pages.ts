/** `npm run pages`. */
import { join } from 'node:path'
import { writePages } from './pages.ts'

await writePages(join(import.meta.dirname, '../..'))
