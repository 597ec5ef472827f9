/**
 * Keeps a copy of an archive: fetches what is new of it, verifies all of it, and only then shows it. It never goes back:
 * what does not go on from what it has is refused, and proved (`fork-proof.ts`).
 */
import { readdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type ArchivedFiles, ArchiveFolder } from '../archive/archive-folder.ts'
import { readArchivedCampaign } from '../archive/archived-campaign.ts'
import { auditArchive } from '../archive/check/archive-audit.ts'
import type { ArchiveFault } from '../archive/check/archive-report.ts'
import { withdrawnPictures } from '../archive/check/pictures-audit.ts'
import { auditTree } from '../archive/check/tree-audit.ts'
import { checkpointFile, feedFile, keysFolder, pictureFile, siteFile } from '../archive/layout.ts'
import { parseLeaf } from '../archive/leaf.ts'
import { leavesOf } from '../archive/leaf-records.ts'
import { readListedFiles } from '../archive/listed-files.ts'
import { PublicPictures } from '../archive/public-pictures.ts'
import { openSite } from '../archive/site-note.ts'
import { campaignFile } from '../evidence/authority/campaign.ts'
import { authorityFile } from '../evidence/authority/centres.ts'
import { Entry } from '../evidence/entry.ts'
import { Lock } from '../journal/lock.ts'
import { openCheckpoint } from '../log/checkpoint.ts'
import { longestNote } from '../log/note.ts'
import type { TileReader } from '../log/tile-reader.ts'
import type { TreeHead } from '../log/tree-hash.ts'
import { witnessing } from '../log/witnesses.ts'
import { type Backoff, backoffCeiling } from '../platform/backoff.ts'
import { type Clock, pause } from '../platform/clock.ts'
import { makeDirectory } from '../platform/files/durable.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'
import type { ArchiveSource } from './archive-source.ts'
import { type FetchedPictures, fetchPictures } from './fetch-pictures.ts'
import { type FetchedPublication, type FetchFault, fetchPublication } from './fetch-publication.ts'
import { keepProof } from './fork-proof.ts'
import type { KeptArchive } from './kept-archive.ts'
import { StagedArchive } from './staged-archive.ts'

export interface MirrorParts {
	readonly source: ArchiveSource
	/** The copy; beside it lie `<folder>.lock`, what is coming (`staged-archive.ts`), what a log signed against itself (`fork-proof.ts`). */
	readonly folder: string
	/** False leaves pictures out. */
	readonly images: boolean
	readonly clock: Clock
	readonly progress: (what: string, done: number, total: number) => void
	readonly rounds?: Rounds
}

/** How often a source that is in the middle of a publication is asked again, and after which pauses. */
interface Rounds extends Backoff {
	readonly most: number
}

const usualRounds: Rounds = { most: 7, firstMs: 2_000, mostMs: 20_000 }

/** `wrong`: what is fetched is whole by its digests and does not verify; what is wrong is listed. */
export type MirrorFault =
	| FetchFault
	| Fault<'not-a-copy' | 'bad-copy' | 'locked' | 'disk-failed'>
	| (Fault<'wrong'> & { readonly faults: readonly ArchiveFault[] })

export interface Mirrored {
	readonly origin: string
	readonly size: number
	readonly publication: number
	readonly rehearsal: boolean
	/** The copy had it already. */
	readonly isUnchanged: boolean
	/** The copy had it, and was damaged: what was, came anew. */
	readonly isMended: boolean
	readonly files: number
	readonly bytes: number
	/** Null where they are left out. */
	readonly pictures: FetchedPictures | null
	/** RFC 3339, of the publication; null where its record can't be read. */
	readonly time: string | null
	readonly witnesses: { readonly listed: number; readonly threshold: number; readonly cosigned: number }
	/** POSIX time of the newest cosignature. */
	readonly cosignedSeconds: number | null
}

export async function mirrorArchive(parts: MirrorParts): Promise<Result<Mirrored, MirrorFault>> {
	try {
		const folder = resolve(parts.folder)
		await makeDirectory(dirname(folder))
		// Another copy of the same, begun by a timer before this one ended, would put files into its places.
		const lock = await Lock.take(`${folder}.lock`)
		if (!lock.ok) return fail('locked', lock.fault.detail)
		try {
			return await mirror({ ...parts, folder })
		} finally {
			await lock.value.release()
		}
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('disk-failed', message)
	}
}

async function mirror(parts: MirrorParts): Promise<Result<Mirrored, MirrorFault>> {
	const { folder, clock, rounds = usualRounds } = parts
	const staged = new StagedArchive(folder)
	await staged.finish()
	const kept = await keptIn(folder)
	if (!kept.ok) return kept
	for (let round = 0, allTiles = false; ; round++) {
		const done = await tryRound(parts, staged, kept.value, allTiles)
		if (done.ok) return done
		const { fault } = done
		if ('proof' in fault) await keepProof(`${folder}.proof`, fault)
		const isAltered = fault.code === 'wrong' && !allTiles && fault.faults.some(isOfTree)
		// Tiles that lie here, or that came from another source, can be damaged: all are fetched anew, once.
		if (isAltered) allTiles = true
		if (fault.code === 'wrong' || 'proof' in fault) await staged.clear()
		if (isAltered) continue
		if (fault.code !== 'not-in-step' || round + 1 >= rounds.most) return done
		await pause(clock, backoffCeiling(round, rounds))
	}
}

function isOfTree({ code }: ArchiveFault): boolean {
	return ['bad-tile', 'tile-missing', 'tile-differs', 'root-differs', 'tile-unreadable'].includes(code)
}

/** What the copy shows; null where there is none yet. A folder of somebody's is not made one. */
async function keptIn(folder: string): Promise<Result<KeptArchive | null, Fault<'not-a-copy' | 'bad-copy'>>> {
	const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return []
		throw error
	})
	if (names.length === 0) return ok(null)
	const archive = new ArchiveFolder(folder)
	const [authority, campaign, note, site] = await Promise.all(
		[`${keysFolder}/${authorityFile}`, `${keysFolder}/${campaignFile}`, checkpointFile, siteFile].map(
			(path) => archive.read(path),
		),
	)
	if (!authority?.ok || !campaign?.ok || !note?.ok || !site?.ok)
		return fail('not-a-copy', `${folder}: is neither empty nor a copy of an archive; name another folder`)
	const words = await readArchivedCampaign(authority.value, campaign.value)
	const checkpoint = words.ok ? openCheckpoint(note.value, words.value.log) : words
	if (!words.ok || !checkpoint.ok) {
		const { detail = '' } = checkpoint.ok ? {} : checkpoint.fault
		return fail('bad-copy', `${folder}: is damaged (${detail}); put it aside and copy anew`)
	}
	const { log } = words.value
	return ok({
		...{ authority: authority.value, campaign: campaign.value, log },
		...{ checkpoint: checkpoint.value, site: site.value },
	})
}

async function tryRound(
	parts: MirrorParts,
	staged: StagedArchive,
	kept: KeptArchive | null,
	allTiles: boolean,
): Promise<Result<Mirrored, MirrorFault>> {
	const { source, folder, images, progress } = parts
	const fetched = await fetchPublication({ source, staged, kept, allTiles, progress })
	if (!fetched.ok) return fetched
	const { checkpoint, isKept, toVerify } = fetched.value
	const verified = toVerify ? await verifyStaged(staged, parts) : await verifyTree(staged, checkpoint, parts)
	if (!verified.ok) return verified
	const withdrawn = await withdrawnPictures(staged)
	const pictures = images
		? await fetchPictures({
				...{ source, staged, withdrawn, progress },
				named: await picturesNamed(staged.tiles, checkpoint.size),
			})
		: ok(null)
	if (!pictures.ok) return pictures
	const removed = isKept ? [] : await noLongerListed(folder, kept, fetched.value)
	const { files, bytes } = staged.written
	const isUnchanged = staged.isEmpty
	const isMended = isKept && toVerify
	if (!isUnchanged) await staged.commit([...removed, ...[...withdrawn].map(pictureFile)])
	return ok(
		await reported(new ArchiveFolder(folder), fetched.value, pictures.value, {
			isUnchanged,
			isMended,
			files,
			bytes,
		}),
	)
}

async function verifyStaged(
	staged: StagedArchive,
	{ source, progress }: MirrorParts,
): Promise<Result<null, MirrorFault>> {
	const audit = await auditArchive(staged, { rehearsal: true, images: false, progress })
	if (!audit.ok) return fail('not-an-archive', `${source.name}: ${audit.fault.detail}`)
	// Witnesses sign what they can fetch: a copy without their lines is what they need.
	const faults = audit.value.faults.filter(({ code }) => code !== 'not-witnessed')
	const [first] = faults
	if (first === undefined) return ok(null)
	if (faults.every(({ code }) => code === 'not-in-step')) return fail('not-in-step', first.detail)
	const detail = `${source.name}: does not verify, and is not shown`
	return { ok: false, fault: { code: 'wrong', detail, faults } }
}

/** That what the copy has is still what it was: its files are, by their digests. */
async function verifyTree(
	staged: StagedArchive,
	checkpoint: TreeHead,
	{ folder, progress }: MirrorParts,
): Promise<Result<null, MirrorFault>> {
	const { tiles } = staged
	const show = (done: number, total: number) => progress('leaves', done, total)
	const audit = await auditTree(tiles, checkpoint, new Set(), async () => {}, show)
	const faults = audit.faults.kept
	if (faults.length === 0) return ok(null)
	return { ok: false, fault: { code: 'wrong', detail: `${folder}: the copy is damaged`, faults } }
}

/** Bytes by digest. */
async function picturesNamed(tiles: TileReader, size: number): Promise<ReadonlyMap<string, number>> {
	const pictures = new PublicPictures()
	for await (const { bytes } of leavesOf(tiles, size)) {
		const leaf = parseLeaf(bytes)
		if (!leaf.ok || leaf.value.kind !== 'entry') continue
		const entry = Entry.safeParse(leaf.value.jws.payload)
		if (entry.success) pictures.note(entry.data)
	}
	return pictures.named()
}

/** Files that the copy got from an earlier publication. What else lies there is its keeper's. */
async function noLongerListed(
	folder: string,
	kept: KeptArchive | null,
	{ log, listed }: FetchedPublication,
): Promise<readonly string[]> {
	const site = kept === null ? null : openSite(kept.site, log)
	if (site?.ok !== true) return []
	const own = new ArchiveFolder(folder)
	const before = await readListedFiles((path) => own.read(path), site.value.checksums)
	return [
		...[...before.files.keys()].filter((path) => !listed.files.has(path)),
		...[...before.checksums.keys()].filter((path) => !listed.checksums.has(path)),
	]
}

async function reported(
	archive: ArchivedFiles,
	{ campaign, site, log, witnesses }: FetchedPublication,
	pictures: FetchedPictures | null,
	written: Pick<Mirrored, 'isUnchanged' | 'isMended' | 'files' | 'bytes'>,
): Promise<Mirrored> {
	const record = await archive.read(feedFile(site.publication))
	const json = record.ok ? parseJson(record.value) : null
	const { time } = (json?.ok === true ? json.value : {}) as { readonly time?: unknown }
	const note = await archive.read(checkpointFile, longestNote)
	const opened = note.ok ? openCheckpoint(note.value, log, witnesses) : null
	const { threshold, rehearsal } = campaign
	const { cosigned, newestSeconds } = witnessing(
		opened?.ok === true ? opened.value.cosignatures : [],
		threshold,
	)
	return {
		...{ origin: log.name, size: site.size, publication: site.publication, rehearsal },
		...{ ...written, pictures },
		time: typeof time === 'string' ? time : null,
		witnesses: { listed: witnesses.length, threshold, cosigned: cosigned.length },
		cosignedSeconds: newestSeconds,
	}
}
