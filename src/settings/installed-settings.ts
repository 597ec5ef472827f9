/**
 * Which settings a kiosk has: `settings.json` beside its configuration, of each campaign the newest. They stand with what
 * they protect: a kiosk that is enrolled anew takes no older ones. (Before, they stood with the identity.)
 */
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { Instant, ObjectId, Seq } from '../evidence/fields.ts'
import { Id } from '../evidence/identity.ts'
import { inForce } from '../platform/files/change-set.ts'
import { type JsonFileFault, readJsonFile } from '../platform/files/json-file.ts'
import { ok, type Result } from '../platform/result.ts'
import type { SettingsFiles } from './changes.ts'

const InstalledSettings = z.looseObject({ campaign: Id, number: Seq, id: ObjectId, time: Instant })
export type InstalledSettings = z.infer<typeof InstalledSettings>

/** Of a kiosk that was enrolled in so many campaigns the oldest are forgotten. */
const mostCampaigns = 100

/** Those that were put in last stand last. */
const SettingsFile = z.object({ v: z.literal(1), settings: z.array(InstalledSettings) })

type Places = Pick<SettingsFiles, 'identity' | 'kiosk'>

const fileName = 'settings.json'
const cap = { cap: 64 * 1024 }

/** Those that were put in last come last; none where none were put in yet. */
export async function readInstalled(
	places: Places,
): Promise<Result<readonly InstalledSettings[], JsonFileFault>> {
	const own = await readJsonFile(await inForce(installedPath(places)), SettingsFile, cap)
	if (!own.ok && own.fault.code !== 'file-missing') return own
	const before = await readJsonFile(join(places.identity, fileName), InstalledSettings, cap)
	if (!before.ok && before.fault.code !== 'file-missing') return before
	const settings = own.ok ? own.value.settings : []
	if (!before.ok) return ok(settings)
	const known = settings.find(({ campaign }) => campaign === before.value.campaign)
	return ok(known === undefined ? [before.value, ...settings] : settings)
}

function installedPath({ kiosk }: Places): string {
	return join(dirname(kiosk), fileName)
}

/** The file as it is with these put in. */
export function withInstalled(places: Places, before: readonly InstalledSettings[], put: InstalledSettings) {
	const others = before.filter(({ campaign }) => campaign !== put.campaign)
	const settings = [...others, put].slice(-mostCampaigns)
	return { path: installedPath(places), text: `${JSON.stringify({ v: 1, settings })}\n`, mode: 0o644 }
}
