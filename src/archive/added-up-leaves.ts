/** What the leaves of an archive add up to, by the keys of its registry. */
import type { ElectionDefinition } from '../acta/election.ts'
import type { Register } from '../acta/register/register.ts'
import { FollowedDevices } from '../audit/followed-devices.ts'
import { registryAlone } from '../audit/published-devices.ts'
import type { Fault, Result } from '../platform/result.ts'
import { type AddedUp, RecordTally } from '../tally/record-tally.ts'
import type { ArchivedFiles } from './archive-folder.ts'
import { LeafRecords } from './leaf-records.ts'

/** Of the first `size`. */
export function addUpLeaves(
	{ tiles, keys }: Pick<ArchivedFiles, 'tiles' | 'keys'>,
	size: number,
	election: ElectionDefinition,
	register: Register,
): Promise<Result<AddedUp, Fault<'unreadable'>>> {
	const records = new LeafRecords(tiles, () => size)
	const signers = new FollowedDevices(keys, registryAlone)
	return new RecordTally({ records, signers, election, register }).update()
}
