import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const beside = fileURLToPath(new URL('../../../shared', import.meta.url))
const folder = join(process.env['TESTIGO_SHARED'] ?? beside, 'data')

/** The folder of published results and pictures, too large to ship; null where it is not at hand. */
export const sharedData: string | null = existsSync(folder) ? folder : null
