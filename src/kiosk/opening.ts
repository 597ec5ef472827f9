/** Opens the journal of a kiosk and counts the start. */
import * as z from 'zod'
import { diskFault } from '../journal/disk-fault.ts'
import { Journal, type JournalOwner } from '../journal/journal.ts'
import { openDurableJson } from '../platform/durable-json.ts'
import { ok, type Result } from '../platform/result.ts'
import type { KioskConfig } from './config.ts'

const KioskState = z.object({ v: z.literal(1), boot: z.int().min(0) })

export async function openJournal(
	config: KioskConfig,
	device: JournalOwner,
): Promise<Result<{ readonly journal: Journal; readonly boot: number }>> {
	const opened = await Journal.open(config.journal, device)
	if (!opened.ok) return opened
	const journal = opened.value
	try {
		return ok({ journal, boot: await countBoot(config.state, journal.boot) })
	} catch (error) {
		await journal.close()
		return { ok: false, fault: diskFault(error, `${config.state}: can't be written`) }
	}
}

/** The number of this start: one more than any that the state or the journal knows. */
async function countBoot(path: string, journalBoot: number): Promise<number> {
	const { db } = await openDurableJson(path, KioskState, { v: 1, boot: 0 })
	db.data.boot = Math.max(db.data.boot, journalBoot) + 1
	await db.write()
	return db.data.boot
}
