/** Opens the journal of a kiosk, counts the start, and holds the key to what it has signed before. */
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { SequenceGuard } from '../../evidence/sequence-guard.ts'
import type { Signer } from '../../evidence/signer.ts'
import { diskFault } from '../../journal/disk-fault.ts'
import { Journal } from '../../journal/journal.ts'
import { openDurableJson } from '../../platform/files/durable-json.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import type { KioskConfig } from '../config/kiosk-config.ts'
import type { KioskLog } from '../events.ts'
import { HighWaterMark } from './high-water-mark.ts'

const KioskState = z.object({ v: z.literal(1), boot: z.int().min(0) })

export interface OpenedJournal {
	readonly journal: Journal
	/** The number of this start. */
	readonly boot: number
	/** To be given each entry that is appended. */
	readonly mark: HighWaterMark
	/** The key, which signs no number twice. */
	readonly guarded: Signer
	/** Why nothing may be recorded in this journal with this key; null while it may. */
	readonly rollback: Fault | null
}

export async function openJournal(
	{ journal: path, state }: Pick<KioskConfig, 'journal' | 'state'>,
	key: Signer,
	certificate: string | null,
	log: KioskLog,
): Promise<Result<OpenedJournal>> {
	const opened = await Journal.open(path, { id: key.kid, publicKey: key.publicKey, certificate })
	if (!opened.ok) return opened
	const journal = opened.value
	const signed = join(dirname(state), 'signed')
	let written = signed
	try {
		const mark = await openMark(signed, key.kid, log)
		written = state
		const rollback = mark.rollbackOf(journal)
		const guarded = new SequenceGuard(key, rollback === null ? journal.tail : mark.last)
		return ok({ journal, boot: await countBoot(state, journal.boot), mark, guarded, rollback })
	} catch (error) {
		await journal.close()
		return { ok: false, fault: diskFault(error, `${written}: can't be written`) }
	}
}

async function openMark(directory: string, device: string, log: KioskLog): Promise<HighWaterMark> {
	const mark = await HighWaterMark.open(directory, device, (error) => {
		log({ event: 'high-water-mark-trouble', fault: diskFault(error, `${directory}: not written`) })
	})
	if (mark.lost) {
		const { fault } = fail('mark-lost', `${mark.path}: is broken; nothing is known from it`)
		log({ event: 'high-water-mark-trouble', fault })
	}
	return mark
}

/** The number of this start: one more than any that the state or the journal knows. */
async function countBoot(path: string, journalBoot: number): Promise<number> {
	const { db } = await openDurableJson(path, KioskState, { v: 1, boot: 0 })
	db.data.boot = Math.max(db.data.boot, journalBoot) + 1
	await db.write()
	return db.data.boot
}
