/** Adds up a ledger as a stranger can: from its file and the keys of the devices, verifying every entry. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { ElectionDefinition } from '../acta/election.ts'
import { openEntry } from '../evidence/entry.ts'
import { parseJws } from '../evidence/jws.ts'
import { linesOf } from '../journal/lines.ts'
import type { Clock } from '../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { turns } from '../platform/turns.ts'
import { type Equivocation, SeqsBorneTwice } from './equivocations.ts'
import { Registry } from './registry.ts'
import { Tally, type TallyResult } from './tally.ts'

export interface LedgerTally {
	readonly tally: TallyResult
	/** Lines that are neither a receipt nor a verified entry of a known device: `testigo verify` names them. */
	readonly leftOut: number
	/** Devices that were cloned or set back, with the proof. */
	readonly equivocations: readonly Equivocation[]
}

export async function tallyOfLedger(
	directory: string,
	election: ElectionDefinition,
	clock: Clock,
): Promise<Result<LedgerTally, Fault<'unreadable'>>> {
	const devices = new Registry(join(directory, 'devices'), clock, () => {})
	const tally = new Tally(election)
	const borneTwice = new SeqsBorneTwice()
	const path = join(directory, 'ledger.jws')
	let equivocations: readonly Equivocation[] = []
	const turn = turns()
	let leftOut = 0
	try {
		await devices.start()
		for await (const line of linesOf(createReadStream(path))) {
			await turn()
			if (line.ok && parseJws(line.text, 'receipt').ok) continue
			const jws = line.ok ? parseJws(line.text, 'entry') : line
			const device = jws.ok ? devices.known(jws.value.kid) : undefined
			const opened = jws.ok && device !== undefined ? openEntry(jws.value.text, device) : undefined
			if (!opened?.ok) {
				leftOut++
				continue
			}
			const { id, entry } = opened.value
			tally.add(id, entry)
			borneTwice.note(entry.device, entry.seq, id)
		}
		equivocations = await borneTwice.prove(path, (device) => devices.known(device))
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('unreadable', `${directory}: ${message}`)
	}
	return ok({ tally: tally.result(), leftOut, equivocations })
}
