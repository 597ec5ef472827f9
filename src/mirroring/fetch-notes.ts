/** The notes of an archive: sites and checkpoints of all publications, lines of witnesses, and time stamps. */
import { earlierCheckpointFile, siteOfFile } from '../archive/layout.ts'
import { openSite, type Site } from '../archive/site-note.ts'
import type { VerifierKey } from '../evidence/keys/verifier-key.ts'
import { type CheckpointFault, openCheckpoint } from '../log/checkpoint.ts'
import { withCosignatures } from '../log/cosignature.ts'
import { formatNote, longestNote, type Note, parseNote } from '../log/note.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { ArchiveSource, SourceFault } from './archive-source.ts'
import type { StagedArchive } from './staged-archive.ts'
import { timeStampFiles } from './stamping.ts'
import { longestTimeStamp, readTimeStamp, stampedDigest } from './time-stamp.ts'

/** Of so many checkpoints before the newest the lines of witnesses are looked at again. */
const recentCheckpoints = 2
/** So many notes of publications missing one behind the other end the search for older ones. */
const mostLostNotes = 100

export type NotesFault = SourceFault | CheckpointFault | Fault<'not-in-step'>

interface NotesParts {
	readonly source: ArchiveSource
	readonly staged: StagedArchive
	readonly progress: (what: string, done: number, total: number) => void
}

/** The notes of this publication and of all before. */
export async function fetchNotes(
	{ source, staged, progress }: NotesParts,
	{ publication, size }: Site,
	site: Buffer,
	log: VerifierKey,
	witnesses: readonly VerifierKey[],
	isKept: boolean,
): Promise<Result<null, NotesFault>> {
	const sizes = new Set<number>()
	await putOther(staged, siteOfFile(publication), site)
	// One that was lost says nothing; all of the tree is there. A number may be endless, as a size.
	for (let [n, lost] = [publication - 1, 0]; n >= 0 && lost < mostLostNotes; n--) {
		const path = siteOfFile(n)
		const there = await staged.read(path, longestNote)
		const own = there.ok ? openSite(there.value, log) : there
		const fetched = own.ok ? there : await source.fetch(path, longestNote)
		progress('notes', publication - n, publication)
		if (!fetched.ok && fetched.fault.code !== 'source-missing') return fetched as Result<never, SourceFault>
		const before = fetched.ok ? openSite(fetched.value, log) : fetched
		if (!fetched.ok || !before.ok || before.value.publication !== n) {
			lost++
			continue
		}
		lost = 0
		if (!own.ok) await staged.put(path, fetched.value)
		sizes.add(before.value.size)
	}
	const sorted = [...sizes.add(0).add(size)].sort((one, other) => other - one)
	for (const [index, of] of sorted.entries()) {
		const path = earlierCheckpointFile(of)
		const there = await staged.read(path, longestNote)
		const opens = there.ok && openCheckpoint(there.value, log).ok
		// Of no leaves most logs have none.
		const isSettled = isKept && (opens || of === 0)
		if (isSettled || (opens && index > recentCheckpoints)) continue
		const fetched = await source.fetch(path, longestNote)
		if (!fetched.ok) {
			if (fetched.fault.code !== 'source-missing') return fetched
			if (of === size) return fail('not-in-step', fetched.fault.detail)
			continue
		}
		const opened = openCheckpoint(fetched.value, log, witnesses)
		if (!opened.ok) return opened
		if (opened.value.size !== of) return fail('not-in-step', `${path}: is of ${opened.value.size} leaves`)
		const kept = there.ok ? parseNote(there.value) : null
		await putCheckpoint(staged, path, opened.value.note, witnesses, kept?.ok === true ? kept.value : null)
		await fetchStamps(source, staged, of, opened.value.note)
	}
	return ok(null)
}

/** What is no time stamp of the checkpoint is left; a server may answer anything to a name that it does not have. */
async function fetchStamps(
	source: ArchiveSource,
	staged: StagedArchive,
	size: number,
	{ text }: Note,
): Promise<void> {
	for (const path of timeStampFiles(size)) {
		if ((await staged.read(path, longestTimeStamp)).ok) continue
		const fetched = await source.fetch(path, longestTimeStamp)
		const stamp = fetched.ok ? readTimeStamp(fetched.value) : fetched
		if (!fetched.ok || !stamp.ok || !stamp.value.digest.equals(stampedDigest(text))) return
		await staged.put(path, fetched.value)
	}
}

/** Lines are only ever added: those of listed witnesses that the copy has stay. */
export async function putCheckpoint(
	staged: StagedArchive,
	path: string,
	shown: Note,
	witnesses: readonly VerifierKey[],
	kept: Note | null,
): Promise<void> {
	const lines = kept?.text === shown.text ? kept.signatures : []
	const text = formatNote(withCosignatures(shown, lines, witnesses))
	const there = await staged.read(path, longestNote)
	if (!there.ok || there.value.toString() !== text) await staged.put(path, text)
}

/** What is there already stays. */
export async function putOther(staged: StagedArchive, path: string, bytes: Buffer): Promise<void> {
	const there = await staged.read(path)
	if (!there.ok || !there.value.equals(bytes)) await staged.put(path, bytes)
}
