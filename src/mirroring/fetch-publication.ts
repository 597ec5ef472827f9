/**
 * Fetches one publication of an archive: what a copy lacks of it, and nothing else. A source may be in the middle of its
 * next one; then files of two lie together, which shows by their digests, and it is asked again.
 */
import { createHash } from 'node:crypto'
import { longestArchived } from '../archive/archive-folder.ts'
import {
	type ArchivedCampaign,
	type ArchivedCampaignFault,
	longestAuthority,
	readArchivedCampaign,
} from '../archive/archived-campaign.ts'
import { checksumsFile } from '../archive/checksums.ts'
import {
	campaignFolder,
	checkpointFile,
	earlierCheckpointFile,
	feedFile,
	keysFolder,
	latestFeedFile,
	siteFile,
} from '../archive/layout.ts'
import { type ListedFiles, readListedFiles } from '../archive/listed-files.ts'
import { openSite, type Site, type SiteFault } from '../archive/site-note.ts'
import { type Campaign, campaignFile } from '../evidence/authority/campaign.ts'
import { authorityFile } from '../evidence/authority/centres.ts'
import { type CheckpointFault, type OpenedCheckpoint, openCheckpoint } from '../log/checkpoint.ts'
import { longestNote, parseNote } from '../log/note.ts'
import { fullWidth, tilePath, tilesOf } from '../log/tile.ts'
import { longestTile } from '../log/tile-reader.ts'
import { isSameHash, type TreeHead } from '../log/tree-hash.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { ArchiveSource, SourceFault } from './archive-source.ts'
import { eachAtOnce } from './at-once.ts'
import { fetchNotes, type NotesFault, putCheckpoint, putOther } from './fetch-notes.ts'
import {
	type GoesOnFault,
	type KeptArchive,
	verifyGoesOn,
	verifyRecords,
	verifySiteGoesOn,
} from './kept-archive.ts'
import { MadeHere } from './made-here.ts'
import type { StagedArchive } from './staged-archive.ts'

/** Files that are asked for at once: a server far away answers each after a tenth of a second. */
const atOnce = 8

/** `not-in-step`: files of two publications, or one that is altered; asked again it may be well. */
export type FetchFault =
	| SourceFault
	| ArchivedCampaignFault
	| CheckpointFault
	| SiteFault
	| GoesOnFault
	| NotesFault
	| Fault<'other-authority' | 'not-an-archive'>

export interface FetchedPublication extends ArchivedCampaign {
	readonly checkpoint: OpenedCheckpoint
	readonly site: Site
	/** The copy has it already: what came is what was damaged there, and lines of witnesses. */
	readonly isKept: boolean
	/** More came than notes. */
	readonly toVerify: boolean
	readonly listed: ListedFiles
}

export interface FetchParts {
	readonly source: ArchiveSource
	readonly staged: StagedArchive
	/** Null for a new copy. */
	readonly kept: KeptArchive | null
	/** Also the tiles that the copy has. */
	readonly allTiles: boolean
	readonly progress: (what: string, done: number, total: number) => void
}

export async function fetchPublication(parts: FetchParts): Promise<Result<FetchedPublication, FetchFault>> {
	const { source, staged, kept } = parts
	const pem = await named(source, `${keysFolder}/${authorityFile}`, longestAuthority)
	if (!pem.ok) return pem
	if (kept !== null && !pem.value.equals(kept.authority))
		return fail('other-authority', `${source.name}: is of another authority than the copy`)
	const lines = await named(source, `${keysFolder}/${campaignFile}`, longestArchived)
	if (!lines.ok) return lines
	const words = await readArchivedCampaign(pem.value, lines.value)
	if (!words.ok) return words
	const { log, witnesses } = words.value
	const bytes = await named(source, checkpointFile, longestNote)
	if (!bytes.ok) return bytes
	const checkpoint = openCheckpoint(bytes.value, log, witnesses)
	if (!checkpoint.ok) return isOf(source, checkpointFile, checkpoint.fault)
	if (kept !== null) {
		const goesOn = await verifyGoesOn(parts, kept, lines.value, log, checkpoint.value)
		if (!goesOn.ok) return goesOn
	}
	const note = await named(source, siteFile, longestNote)
	if (!note.ok) return note
	const site = openSite(note.value, log)
	if (!site.ok) return isOf(source, siteFile, site.fault)
	if (!isSameHead(site.value, checkpoint.value))
		return fail('not-in-step', 'site and checkpoint are of two publications')
	const follows = kept === null ? ok(null) : verifySiteGoesOn(source.name, kept, log, note.value, site.value)
	if (!follows.ok) return follows
	const isKept =
		kept?.site.equals(note.value) === true && kept.checkpoint.note.text === checkpoint.value.note.text
	const common = { ...words.value, checkpoint: checkpoint.value, site: site.value }
	const tiles = await fetchTiles(parts, checkpoint.value, kept?.checkpoint.size ?? 0)
	if (!tiles.ok) return tiles
	const made =
		source.isRemote && !isKept
			? await makeHere(parts, site.value, words.value.campaign)
			: ok(MadeHere.nothing)
	if (!made.ok) return made
	const listed = await fetchListed(parts, site.value, made.value)
	if (!listed.ok) return listed
	if (kept !== null && !isKept) {
		const isAsBefore = await verifyRecords(parts, kept, log, listed.value, parseNote(note.value))
		if (!isAsBefore.ok) return isAsBefore
	}
	const toVerify = !isKept || !staged.isEmpty
	const notes = await fetchNotes(parts, site.value, note.value, log, witnesses, isKept)
	if (!notes.ok) return notes
	if (isKept) {
		const path = earlierCheckpointFile(site.value.size)
		await putCheckpoint(staged, path, checkpoint.value.note, witnesses, kept.checkpoint.note)
	}
	await putCheckpoint(staged, checkpointFile, checkpoint.value.note, witnesses, kept?.checkpoint.note ?? null)
	await putOther(staged, siteFile, note.value)
	const record = await staged.read(feedFile(site.value.publication))
	if (record.ok) await putOther(staged, latestFeedFile, record.value)
	if (toVerify) await staged.gatherKeys(listed.value.files.keys())
	return ok({ ...common, isKept, toVerify, listed: listed.value })
}

/** A fault that says whose file it is. */
function isOf<F extends Fault>(source: ArchiveSource, path: string, fault: F): Result<never, F> {
	return { ok: false, fault: { ...fault, detail: `${source.name}: ${path}: ${fault.detail}` } }
}

/** What every archive has. */
async function named(source: ArchiveSource, path: string, cap: number): Promise<Result<Buffer, FetchFault>> {
	const fetched = await source.fetch(path, cap)
	if (fetched.ok || fetched.fault.code !== 'source-missing') return fetched
	return fail('not-an-archive', `${source.name}: has no ${path}; is this an archive?`)
}

/** The rest follows from the tiles, which have come, and from the words, which are fetched. */
async function makeHere(
	parts: FetchParts,
	site: Site,
	campaign: Campaign,
): Promise<Result<MadeHere, FetchFault>> {
	const { staged } = parts
	const words = await fetchListed(parts, site, MadeHere.nothing, [keysFolder, campaignFolder])
	if (!words.ok) return words
	await staged.gatherKeys(words.value.files.keys())
	return ok(await MadeHere.from(staged, site.size, campaign))
}

/** What `SHA256SUMS` names, in all folders at the top or in these, but for what is made here. */
async function fetchListed(
	{ source, staged, progress }: FetchParts,
	{ checksums }: Site,
	made: MadeHere,
	folders: readonly string[] | null = null,
): Promise<Result<ListedFiles, FetchFault>> {
	const isAsked = (path: string) =>
		folders === null || path === checksumsFile || folders.some((folder) => path.startsWith(`${folder}/`))
	const isBroken: SourceFault[] = []
	const listed = await readListedFiles(async (path, digest) => {
		if (!isAsked(path)) return fail('source-missing', 'not asked for')
		const there = await withDigest(staged, made, path, digest)
		if (there !== null) return ok(there)
		const fetched = await source.fetch(path, longestArchived)
		if (!fetched.ok && fetched.fault.code !== 'source-missing') isBroken.push(fetched.fault)
		if (fetched.ok && sha256(fetched.value) === digest) await staged.put(path, fetched.value)
		return fetched
	}, checksums)
	const [broken] = isBroken
	if (broken !== undefined) return { ok: false, fault: broken }
	const [wrong] = listed.faults.filter(({ path = '' }) => isAsked(path))
	if (wrong !== undefined) return fail('not-in-step', `${wrong.path}: ${wrong.detail}`)
	const files = [...listed.files].filter(([path]) => isAsked(path))
	let done = 0
	const fetched = await eachAtOnce(files, atOnce, async ([path, digest]) => {
		const got =
			(await withDigest(staged, made, path, digest)) !== null ||
			(await fetchFile(source, staged, path, digest))
		progress('files', ++done, files.length)
		return got === true ? ok(null) : got
	})
	return fetched.ok ? ok(listed) : fetched
}

/** Of what has come, is there already, or is made here. */
async function withDigest(
	staged: StagedArchive,
	made: MadeHere,
	path: string,
	digest: string,
): Promise<Buffer | null> {
	const there = await staged.withDigest(path, digest)
	if (there !== null) return there
	const here = made.withDigest(path, digest)
	if (here !== null) await staged.put(path, here)
	return here
}

async function fetchFile(
	source: ArchiveSource,
	staged: StagedArchive,
	path: string,
	digest: string,
): Promise<Result<null, FetchFault>> {
	const fetched = await source.fetch(path, longestArchived)
	if (!fetched.ok) {
		const { code, detail } = fetched.fault
		return code === 'source-missing' ? fail('not-in-step', detail) : fetched
	}
	if (sha256(fetched.value) !== digest)
		return fail('not-in-step', `${path}: not as SHA256SUMS says; edited, or of another publication`)
	await staged.put(path, fetched.value)
	return ok(null)
}

async function fetchTiles(
	{ source, staged, allTiles, progress }: FetchParts,
	{ size }: TreeHead,
	keptSize: number,
): Promise<Result<null, FetchFault>> {
	const since = allTiles ? 0 : keptSize
	const total = Math.ceil((size - since) / fullWidth)
	let done = 0
	// One by one: a size is what a key has signed, and may be endless. The first that is missing ends it.
	return await eachAtOnce(tilesOf(size, since), atOnce, async (tile): Promise<Result<null, FetchFault>> => {
		const path = tilePath(tile)
		if (!(await staged.hasCome(path, longestTile(tile)))) {
			const fetched = await source.fetch(path, longestTile(tile))
			if (!fetched.ok) {
				const { code, detail } = fetched.fault
				if (code !== 'source-missing') return fetched
				// A partial one may have been put away by something wider; a full one stays for ever.
				return fail(tile.width === fullWidth ? 'tile-missing' : 'not-in-step', detail)
			}
			await staged.put(path, fetched.value)
		}
		progress('tiles', Math.min(++done, total), total)
		return ok(null)
	})
}

function isSameHead(one: TreeHead, other: TreeHead): boolean {
	return one.size === other.size && isSameHash(one.root, other.root)
}

function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex')
}
