/**
 * What a copy of an archive shows, and whether what a source shows goes on from it: its checkpoint, campaign objects, site
 * note, and the records of what was published before.
 */
import { checksumsFile } from '../archive/checksums.ts'
import { publicationOfFeed } from '../archive/layout.ts'
import { type ListedFiles, readListedFiles } from '../archive/listed-files.ts'
import { openSite, type Site } from '../archive/site-note.ts'
import type { VerifierKey } from '../evidence/keys/verifier-key.ts'
import type { OpenedCheckpoint } from '../log/checkpoint.ts'
import { type Note, parseNote } from '../log/note.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type ArchiveSource, SourceTiles } from './archive-source.ts'
import { type ContinuationFault, type Contradiction, verifyContinuation } from './fork-proof.ts'
import type { StagedArchive } from './staged-archive.ts'

/** What a copy shows. */
export interface KeptArchive {
	/** `keys/authority.pem` and `keys/campaign.jws`. */
	readonly authority: Buffer
	readonly campaign: Buffer
	readonly log: VerifierKey
	readonly checkpoint: OpenedCheckpoint
	/** The bytes of its site note. */
	readonly site: Buffer
}

/** `not-in-step`: files of two publications; asked again it may be well. */
export type GoesOnFault =
	| ContinuationFault
	| Fault<'not-in-step' | 'campaign-shrunk' | 'campaign-forked' | 'log-changed'>

interface CopyParts {
	readonly source: ArchiveSource
	readonly staged: StagedArchive
}

/** The checkpoint that is shown, and the campaign objects. */
export async function verifyGoesOn(
	{ source, staged }: CopyParts,
	kept: KeptArchive,
	lines: Buffer,
	log: VerifierKey,
	shown: OpenedCheckpoint,
): Promise<Result<null, GoesOnFault>> {
	if (log.name !== kept.log.name || Buffer.compare(log.publicKey, kept.log.publicKey) !== 0)
		return fail(
			'log-changed',
			`${source.name}: is now of the log ${log.name}, the copy of ${kept.log.name}; copy it into another folder, and keep this one`,
		)
	const tiles = new SourceTiles(source, shown.size)
	const goesOn = await verifyContinuation(kept.checkpoint, shown, tiles, staged.tiles, log)
	if (!goesOn.ok) {
		// Tiles are there before their checkpoint: these have been put away by something wider.
		return goesOn.fault.code === 'tile-missing' ? fail('not-in-step', goesOn.fault.detail) : goesOn
	}
	const isLonger = lines.subarray(0, kept.campaign.length).equals(kept.campaign)
	if (isLonger) return ok(null)
	return kept.campaign.subarray(0, lines.length).equals(lines)
		? fail('campaign-shrunk', `${source.name}: lacks campaign objects that the copy has; this is an old copy`)
		: fail(
				'campaign-forked',
				`${source.name}: other campaign objects than the copy has, signed by one authority; keep both copies`,
			)
}

/** Of one number the log signs one site, and the newest is shown. */
export function verifySiteGoesOn(
	name: string,
	kept: KeptArchive,
	log: VerifierKey,
	bytes: Buffer,
	{ publication }: Site,
): Result<null, Contradiction> {
	const before = openSite(kept.site, log)
	const [seen, shown] = [parseNote(kept.site), parseNote(bytes)]
	// One that is damaged says nothing.
	if (!before.ok || !seen.ok || !shown.ok || seen.value.text === shown.value.text) return ok(null)
	const proof = { log, seen: seen.value, shown: shown.value, shownRoot: null }
	if (publication < before.value.publication) {
		const detail = `${name}: shows publication no. ${publication}, and no. ${before.value.publication} was published: an old copy`
		return { ok: false, fault: { code: 'shrunk', detail, proof } }
	}
	if (publication > before.value.publication) return ok(null)
	const detail = `${name}: the log ${log.name} has signed two publications no. ${publication}`
	return { ok: false, fault: { code: 'site-forked', detail, proof } }
}

/** The records of what was published before are as the copy has them, by its own signed list. */
export async function verifyRecords(
	{ source, staged }: CopyParts,
	kept: KeptArchive,
	log: VerifierKey,
	listed: ListedFiles,
	note: Result<Note>,
): Promise<Result<null, Contradiction>> {
	const [before, seen] = [openSite(kept.site, log), parseNote(kept.site)]
	if (!before.ok || !seen.ok || !note.ok) return ok(null)
	const own = await readListedFiles((path) => staged.readOwn(path), before.value.checksums)
	const altered = [...own.files].find(
		([path, digest]) => publicationOfFeed(path) !== null && listed.files.get(path) !== digest,
	)
	if (altered === undefined) return ok(null)
	const [path] = altered
	const paths = [checksumsFile, `feed/${checksumsFile}`, path]
	const files = { seen: new Map<string, Buffer>(), shown: new Map<string, Buffer>() }
	for (const one of paths) {
		const [kept, shown] = [await staged.readOwn(one), await staged.read(one)]
		if (kept.ok) files.seen.set(one, kept.value)
		if (shown.ok) files.shown.set(one, shown.value)
	}
	const detail = `${source.name}: ${path}, the record of an earlier publication, is another than the log had signed before`
	const proof = { log, seen: seen.value, shown: note.value, shownRoot: null, files }
	return { ok: false, fault: { code: 'record-altered', detail, proof } }
}
