/** What a journal holds, at a glance and unverified: for a status line, beside a kiosk that writes. */

import { join } from 'node:path'
import { dayOf, type Entry, readEntry } from '../evidence/entry.ts'
import { parseJws } from '../evidence/jws.ts'
import { filePieces } from '../platform/files/plain-file.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { evidenceLines } from './evidence-lines.ts'
import { entriesFile } from './journal.ts'

export interface JournalSummary {
	readonly entries: number
	readonly actas: number
	/** Actas recorded as an image only. */
	readonly unread: number
	/** The last entry; null in an empty journal. */
	readonly last: Entry | null
	/** The day on which the entry at `seq` was recorded, as far as its clock knew. */
	dayAt(seq: number): string | null
}

/** Null where there is no journal. Lines that can't be read are passed over: `testigo verify` names them. */
export async function journalSummary(directory: string): Promise<JournalSummary | null> {
	const days: string[] = []
	let actas = 0
	let unread = 0
	let last: Entry | null = null
	const yieldIfDue = yieldToEventLoop()
	try {
		for await (const line of evidenceLines(filePieces(join(directory, entriesFile)))) {
			const jws = line.ok ? parseJws(line.text, 'entry') : null
			const read = jws?.ok ? readEntry(jws.value) : null
			if (!read?.ok) continue
			last = read.value.entry
			days[last.seq - 1] = dayOf(last)
			if (last.kind === 'acta') actas++
			if (last.kind === 'acta' && last.reading.method === 'none') unread++
			await yieldIfDue()
		}
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
		throw error
	}
	return { entries: days.length, actas, unread, last, dayAt: (seq) => days[seq - 1] ?? null }
}
