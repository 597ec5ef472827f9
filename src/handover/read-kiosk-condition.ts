/** What the kiosk beside says of itself: believed for show, and for nothing else. */
import { stat } from 'node:fs/promises'
import { readJsonFile } from '../platform/files/json-file.ts'
import { KioskCondition } from './kiosk-condition.ts'

/** Milliseconds without a sign of life after which a kiosk is silent. */
const patience = 30_000

/** Null for a kiosk that says nothing, or no longer. `now`: milliseconds since 1970, by this machine's clock. */
export async function readKioskCondition(path: string, now: number): Promise<KioskCondition | null> {
	const touched = (await stat(path).catch(() => null))?.mtimeMs
	if (touched === undefined || Math.abs(now - touched) > patience) return null
	const read = await readJsonFile(path, KioskCondition, { cap: 16 * 1024 })
	return read.ok ? read.value : null
}
