/** Adds up a ledger as a stranger can: from its file and the keys of those who signed, verifying every object. */
import type { ElectionDefinition } from '../acta/election.ts'
import type { Register } from '../acta/register/register.ts'
import type { Equivocation } from '../audit/equivocations.ts'
import { FollowedDevices } from '../audit/followed-devices.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { LedgerRecords } from '../records/ledger-records.ts'
import { RecordTally } from './record-tally.ts'
import type { Tally } from './tally.ts'

export interface LedgerTally {
	readonly tally: Tally
	/** An emptied ledger adds up to nothing. */
	readonly isEmpty: boolean
	/** Lines that are neither a receipt nor verify under a known key, or have no end: `testigo verify` names them. */
	readonly leftOut: number
	/** Devices that were cloned or rolled back, with the proof. */
	readonly equivocations: readonly Equivocation[]
}

export async function tallyOfLedger(
	directory: string,
	election: ElectionDefinition,
	register: Register | null = null,
): Promise<Result<LedgerTally, Fault<'unreadable'>>> {
	const records = new LedgerRecords(directory)
	const following = new RecordTally({ records, signers: new FollowedDevices(directory), election, register })
	const added = await following.update()
	if (!added.ok) return fail('unreadable', `${directory}: ${added.fault.detail}`)
	const { tally, isEmpty, equivocations } = added.value
	// Nobody comes back for the rest of a line that has no end.
	const leftOut = added.value.leftOut + (records.hasTornTail ? 1 : 0)
	const proofs = await equivocations.prove(records.path, (device) => following.devices?.known(device))
	return ok({ tally, isEmpty, leftOut, equivocations: proofs })
}
