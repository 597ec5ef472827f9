/**
 * The lines of witnesses below an archive's checkpoints. Only those come in that verify: an archive takes those of the
 * witnesses that its campaign object lists, and keeps of each the first and the newest.
 */
import { ArchiveFolder } from '../archive/archive-folder.ts'
import { type ArchivedCampaignFault, readArchivedCampaign } from '../archive/archived-campaign.ts'
import { checkpointFile, earlierCheckpointFile, keysFolder } from '../archive/layout.ts'
import { campaignFile } from '../evidence/authority/campaign.ts'
import { authorityFile } from '../evidence/authority/centres.ts'
import type { VerifierKey } from '../evidence/keys/verifier-key.ts'
import { Lock, type LockFault } from '../journal/lock.ts'
import { openCheckpoint } from '../log/checkpoint.ts'
import { verifyCosignatures, withCosignatures } from '../log/cosignature.ts'
import {
	formatNote,
	formatSignature,
	longestNote,
	type Note,
	type NoteSignature,
	parseNote,
} from '../log/note.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { ArchiveFiles } from './archive-files.ts'

export interface TakenCosignatures {
	/** Lines that were not there. */
	readonly added: number
	/** Why a note gave nothing, by its place among those that were given. */
	readonly refused: ReadonlyMap<number, Fault>
}

export type CosignaturesFault = ArchivedCampaignFault | LockFault | Fault<'unreadable'>

/** `notes`: checkpoints of this log, as witnesses gave them back. Rejects when the disk fails. */
export async function takeCosignatures(
	folder: string,
	notes: readonly Uint8Array[],
): Promise<Result<TakenCosignatures, CosignaturesFault>> {
	const archive = new ArchiveFolder(folder)
	const [pem, lines] = [
		await archive.read(`${keysFolder}/${authorityFile}`),
		await archive.read(`${keysFolder}/${campaignFile}`),
	]
	if (!pem.ok) return fail('unreadable', pem.fault.detail)
	if (!lines.ok) return fail('unreadable', lines.fault.detail)
	const words = await readArchivedCampaign(pem.value, lines.value)
	if (!words.ok) return words
	const { log, witnesses } = words.value
	const refused = new Map<number, Fault>()
	let added = 0
	for (const [index, bytes] of notes.entries()) {
		const opened = openCheckpoint(bytes, log)
		const taken = opened.ok
			? await addVerified(folder, opened.value.note, opened.value.size, witnesses)
			: opened
		if (taken.ok) added += taken.value
		else refused.set(index, taken.fault)
	}
	return ok({ added, refused })
}

async function addVerified(
	folder: string,
	{ text, signatures }: Note,
	size: number,
	witnesses: readonly VerifierKey[],
): Promise<Result<number, Fault>> {
	const lines = signatures.filter((one) => {
		const verified = verifyCosignatures({ text, signatures: [one] }, witnesses)
		return verified.ok && verified.value.length > 0
	})
	if (lines.length === 0)
		return fail('not-witnessed', 'has no line by a witness of this campaign that verifies')
	return await addLines(folder, size, text, lines, witnesses)
}

/**
 * Adds lines below the checkpoint of this text; gives how many were not there. Never beside a publication, whose
 * checkpoint would be put back to one of before.
 */
export async function addLines(
	folder: string,
	size: number,
	text: string,
	lines: readonly NoteSignature[],
	witnesses: readonly VerifierKey[],
): Promise<Result<number, LockFault | Fault<'other-checkpoint' | 'bad-note'>>> {
	const lock = await Lock.takeFolder(folder)
	if (!lock.ok) return lock
	try {
		return await addLinesLocked(folder, size, text, lines, witnesses)
	} finally {
		await lock.value.release()
	}
}

async function addLinesLocked(
	folder: string,
	size: number,
	text: string,
	lines: readonly NoteSignature[],
	witnesses: readonly VerifierKey[],
): Promise<Result<number, Fault<'other-checkpoint' | 'bad-note'>>> {
	const archive = new ArchiveFolder(folder)
	const files = new ArchiveFiles(folder)
	let added = 0
	for (const path of [earlierCheckpointFile(size), checkpointFile]) {
		const bytes = await archive.read(path, longestNote)
		const note = bytes.ok ? parseNote(bytes.value) : bytes
		if (!note.ok || note.value.text !== text) {
			// The newest is another by now; the one of its size stays for ever.
			if (path === checkpointFile) continue
			return fail('other-checkpoint', `${path}: is not there, or not this checkpoint`)
		}
		const merged = withCosignatures(note.value, lines, witnesses)
		const there = new Set(note.value.signatures.map(formatSignature))
		const more = merged.signatures.filter((one) => !there.has(formatSignature(one))).length
		if (more > 0) await files.put(path, formatNote(merged))
		added = Math.max(added, more)
	}
	if (added > 0) await files.sync()
	return ok(added)
}
