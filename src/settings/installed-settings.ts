/** Which settings a kiosk has: `settings.json` beside its certificates. */
import { join } from 'node:path'
import * as z from 'zod'
import { Instant, ObjectId, Seq } from '../evidence/fields.ts'
import { Id } from '../evidence/identity.ts'
import { type JsonFileFault, readJsonFile } from '../platform/files/json-file.ts'
import { ok, type Result } from '../platform/result.ts'

const InstalledSettings = z.looseObject({ campaign: Id, number: Seq, id: ObjectId, time: Instant })
export type InstalledSettings = z.infer<typeof InstalledSettings>

export function installedPath(identity: string): string {
	return join(identity, 'settings.json')
}

/** Null where none were put in yet. */
export async function readInstalled(
	identity: string,
): Promise<Result<InstalledSettings | null, JsonFileFault>> {
	const read = await readJsonFile(installedPath(identity), InstalledSettings, { cap: 64 * 1024 })
	return !read.ok && read.fault.code === 'file-missing' ? ok(null) : read
}
