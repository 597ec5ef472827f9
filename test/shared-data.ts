import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const beside = fileURLToPath(new URL('../../shared', import.meta.url))
const folder = join(process.env['TESTIGO_SHARED'] ?? beside, 'data')

/** The folder of real actas and photographs that stands beside the project, or null where it does not. */
export const sharedData: string | null = existsSync(folder) ? folder : null

/** For the name of a test that is skipped without it. */
export const withoutSharedData = 'skipped: no ../shared/data beside the project'
