/** Adds up a ledger as a stranger can: from its file and the keys of the devices, verifying every entry. */

import { join } from 'node:path'
import type { ElectionDefinition } from '../acta/election.ts'
import { type Equivocation, Equivocations } from '../audit/equivocations.ts'
import { PublishedDevices } from '../audit/published-devices.ts'
import { openEntry } from '../evidence/entry.ts'
import { parseJws } from '../evidence/jws.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { filePieces } from '../platform/files/plain-file.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { Tally, type TallyResult } from './tally.ts'

export interface LedgerTally {
	readonly tally: TallyResult
	/** Those that verify; an emptied ledger adds up to nothing. */
	readonly entries: number
	/** Lines that are neither a receipt nor a verified entry of a known device: `testigo verify` names them. */
	readonly leftOut: number
	/** Devices that were cloned or rolled back, with the proof. */
	readonly equivocations: readonly Equivocation[]
}

export async function tallyOfLedger(
	directory: string,
	election: ElectionDefinition,
): Promise<Result<LedgerTally, Fault<'unreadable'>>> {
	const found = new Equivocations()
	const path = join(directory, 'ledger.jws')
	const yieldIfDue = yieldToEventLoop()
	let [entries, leftOut] = [0, 0]
	try {
		const published = await PublishedDevices.read(directory)
		if (!published.ok) return fail('unreadable', published.fault.detail)
		const devices = published.value
		const tally = new Tally(election, (device, seq) => seq > (devices.revocationOf(device)?.last ?? seq))
		for await (const line of evidenceLines(filePieces(path))) {
			await yieldIfDue()
			if (line.ok && parseJws(line.text, 'receipt').ok) continue
			const jws = line.ok ? parseJws(line.text, 'entry') : line
			const key = jws.ok ? await devices.key(jws.value.kid) : jws
			const opened =
				jws.ok && key.ok ? openEntry(jws.value.text, { id: jws.value.kid, publicKey: key.value }) : undefined
			if (!opened?.ok) {
				leftOut++
				continue
			}
			const { id, entry } = opened.value
			tally.add(id, entry)
			entries++
			found.note(entry.device, entry.seq, id)
		}
		const equivocations = await found.prove(path, (device) => devices.known(device))
		return ok({ tally: tally.result(), entries, leftOut, equivocations })
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('unreadable', `${directory}: ${message}`)
	}
}
