import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const shared = process.env['TESTIGO_SHARED'] ?? resolve(import.meta.dirname, '../../shared')
const data = join(shared, 'data')

/** The folder of real samples, or null where it is not: tests that need it then say that they skip. */
export const sharedData: string | null = existsSync(data) ? data : null
