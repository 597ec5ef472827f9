/**
 * Proofs of single actas, to be forwarded: C2SP tlog-proof files. The leaf, an entry's JWS text, travels in the file's
 * `extra`, which nothing signs and nothing has to: the proof shows that these very bytes are in the log.
 */
import { addUpLeaves } from '../archive/added-up-leaves.ts'
import type { ArchivedFiles } from '../archive/archive-folder.ts'
import { auditInForce, readArchivedWords } from '../archive/check/words-audit.ts'
import { checkpointFile } from '../archive/layout.ts'
import { leafId } from '../archive/leaf.ts'
import { leavesOf } from '../archive/leaf-records.ts'
import { logKey } from '../evidence/authority/campaign.ts'
import { openCheckpoint } from '../log/checkpoint.ts'
import { longestNote } from '../log/note.ts'
import { formatTlogProof } from '../log/tlog-proof.ts'
import { proveInclusion } from '../log/tree-proofs.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export interface ActaProof {
	/** Number of the leaf, from 0. */
	readonly leaf: number
	readonly device: string
	/** The file. */
	readonly text: string
}

/** Of every entry that says a version of the table's result; none for a table that nobody recorded. */
export async function proveActas(
	archive: ArchivedFiles,
	table: string,
): Promise<Result<readonly ActaProof[], Fault>> {
	const words = await readArchivedWords(archive)
	if (!words.ok) return words
	const newest = words.value.campaigns.newest
	if (newest === null) return fail('no-campaign', `${archive.folder}: no campaign object`)
	const note = await archive.read(checkpointFile, longestNote)
	if (!note.ok) return note
	const checkpoint = openCheckpoint(note.value, logKey(newest.said))
	if (!checkpoint.ok) return checkpoint
	const { size } = checkpoint.value
	const { election, register } = await auditInForce(archive, newest)
	if (election === null || register === null)
		return fail('not-in-step', `${archive.folder}: what its campaign object names is not there`)
	const { tiles } = archive
	const added = await addUpLeaves(archive, size, election, register)
	if (!added.ok) return added
	const versions = added.value.tally.table(table)?.versions ?? []
	const devices = new Map(
		versions.flatMap(({ recordedBy }) => recordedBy.map(({ id, device }) => [id, device])),
	)
	const proofs: ActaProof[] = []
	for await (const { leaf, bytes } of leavesOf(tiles, size)) {
		const device = devices.get(leafId(bytes) ?? '')
		if (device === undefined) continue
		const hashes = await proveInclusion(tiles, leaf, size)
		if (!hashes.ok) return hashes
		const parts = { index: leaf, hashes: hashes.value, checkpoint: note.value, extra: bytes }
		proofs.push({ leaf, device, text: formatTlogProof(parts) })
	}
	return ok(proofs)
}
