/**
 * Checks a journal as a stranger would: its file, the device's public key and nothing else. Streams, so that
 * a journal of any length takes the same memory but for the digests it names, and lets others have their
 * turn.
 */
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { checkLink } from '../evidence/chain.ts'
import { type EntryFault, readEntry, type SignedEntry } from '../evidence/entry.ts'
import type { Position } from '../evidence/fields.ts'
import { genesisOf } from '../evidence/identity.ts'
import { parseJws, verifyJws } from '../evidence/jws.ts'
import { type PublicKeyFileFault, readPemFile, readPublicKeyFile } from '../evidence/public-key-file.ts'
import { readVouchedKey, type VouchedKeyFault } from '../evidence/vouched-key.ts'
import { type Eviction, readEvictions } from '../journal/evicted-images.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { readHeadText } from '../journal/head-file.ts'
import { checkStoredImage, type StoredImage, storedImagesOf } from '../journal/stored-image.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type Fault, fail, type Result } from '../platform/result.ts'
import type { AuditProgress } from './audit-progress.ts'
import { type AuditFault, AuditFaults } from './collected-faults.ts'
import { auditEvidenceFile } from './evidence-file.ts'
import { HeadAudit } from './journal-head.ts'
import {
	type AuthorityReport,
	type PublishedAuthority,
	publishedAuthority,
	quarantineFault,
	type RevokedReport,
	reportOf,
	revokedReport,
} from './published-authority.ts'

export interface JournalReport {
	/** Null when not one entry could be read. */
	readonly device: string | null
	/** Entries that are well signed and well formed, in all and by kind. */
	readonly entries: number
	readonly byKind: Readonly<Record<string, number>>
	/** Different acta codes among them. */
	readonly actas: number
	/** The last of them. */
	readonly head: Position | null
	/** No line, signature or link is at fault. (That nothing was cut off the end, only a head can show.) */
	readonly chainWhole: boolean
	/** The entry that was the last when the day was closed, as the head beside the entries says; null without one. */
	readonly closed: Position | null
	/** Whose word lies beside the journal; null where none does. */
	readonly authority: AuthorityReport | null
	/** Null while the device is in good standing. */
	readonly revoked: RevokedReport | null
	/** Entries after the last good one of a revoked device: a fault each, since anybody may have signed them. */
	readonly quarantined: number
	/** Null when they were not looked at. */
	readonly images: ImageCount | null
	/** The first of them, in the order found; `faultCount` counts all. */
	readonly faults: readonly AuditFault[]
	readonly faultCount: number
}

interface ImageCount {
	readonly named: number
	readonly present: number
	/** Not there, and a receipt beside the journal says that a centre holds them. */
	readonly givenAway: readonly EvictedImage[]
	readonly missing: number
	readonly altered: number
}

export interface EvictedImage {
	/** The entry that names it. */
	readonly seq: number
	readonly sha256: string
	/** The id of the receipt, and of who signed it. */
	readonly receipt: string
	readonly centre: string
}

export type AuditRefusal = PublicKeyFileFault | VouchedKeyFault | Fault<'unreadable'>

export interface AuditOptions {
	/** False leaves the images out. */
	readonly images?: boolean
	readonly progress?: AuditProgress
	/** The centre's key, where it is known: only its receipts excuse images that are not there. */
	readonly centreKey?: KeyObject
}

/** What lies beside the entries and is held against them. */
export interface Beside {
	readonly authority: PublishedAuthority | null
	/** To whom the device's certificate was given; null where there is none that the authority signed. */
	readonly certified: string | null
	/** The line of the head beside the entries, of which nothing is known; null without one. */
	readonly headText: string | null
	/** Images that are not there since a centre holds them, by digest. */
	readonly evictions: ReadonlyMap<string, Eviction>
}

const nothing: Beside = { authority: null, certified: null, headText: null, evictions: new Map() }

/** Audits the directory of a journal. With `images: false` only its entries. */
export async function auditJournal(
	directory: string,
	{ images = true, progress = () => {}, centreKey }: AuditOptions = {},
): Promise<Result<JournalReport, AuditRefusal>> {
	const published = await publishedAuthority(directory)
	if (!published.ok) return published
	const authority = published.value
	const key = await readPemFile(join(directory, 'device.pem'), (pem) =>
		readVouchedKey(pem, authority?.authority ?? null, 'entries'),
	)
	if (!key.ok) return key
	const { publicKey, id: certified } = key.value
	const folder = images ? join(directory, 'images') : null
	const headText = await readHeadText(directory)
	return auditEvidenceFile(join(directory, 'entries.jws'), progress, async (bytes) => {
		const evictions = await readEvictions(directory, centreKey)
		return auditEntries(bytes, publicKey, folder, progress, { authority, certified, headText, evictions })
	})
}

/** Audits a journal's file against the key in another; `images` is the folder of images, or null. */
export async function auditJournalFile(
	path: string,
	keyPath: string,
	images: string | null,
	progress: AuditProgress = () => {},
): Promise<Result<JournalReport, AuditRefusal>> {
	const key = await readPublicKeyFile(keyPath)
	if (!key.ok) return key
	return auditEvidenceFile(path, progress, (bytes) => auditEntries(bytes, key.value, images, progress))
}

/** Audits the bytes of a journal, with what lies beside it. */
export async function auditEntries(
	bytes: AsyncIterable<Uint8Array>,
	publicKey: KeyObject,
	images: string | null,
	progress: AuditProgress = () => {},
	{ authority, certified, headText, evictions }: Beside = nothing,
): Promise<JournalReport> {
	const faults = new AuditFaults()
	if (authority !== null) faults.include(authority.faults)
	const faultsBeside = faults.count
	const yieldIfDue = yieldToEventLoop()
	const genesis = genesisOf(publicKey)
	const byKind: Record<string, number> = {}
	const codes = new Set<string>()
	const named = new Map<string, NamedImage>()
	const closing = headText === null ? null : new HeadAudit(headText, publicKey)
	const quarantined: AuditFault[] = []
	let device: string | null = null
	let entries = 0
	let head: Position | null = null
	/** The seq that the next line should have, and whether the entry before it is known. */
	let expected = 1
	let linked = true

	for await (const line of evidenceLines(bytes)) {
		await yieldIfDue()
		const opened: Result<SignedEntry> = line.ok ? openByKey(line.text, publicKey, device ?? certified) : line
		if (!opened.ok) {
			faults.add({ line: line.number, seq: expected, ...opened.fault })
			expected++
			linked = false
			continue
		}
		const { entry, id }: SignedEntry = opened.value
		const { seq } = entry
		// Behind a line that can't be read, what an entry calls its predecessor has to be believed.
		const previous = linked ? head : { seq: expected - 1, id: entry.prev }
		const link = checkLink(previous, opened.value, genesis)
		if (!link.ok) faults.add({ line: line.number, seq, ...link.fault })

		device = entry.device
		entries++
		if (authority?.roll.isRevoked(device, seq)) quarantined.push(quarantineFault(line.number, seq))
		byKind[entry.kind] = (byKind[entry.kind] ?? 0) + 1
		if (entry.kind === 'acta' && entry.reading.code !== null) codes.add(entry.reading.code)
		for (const image of storedImagesOf(entry)) {
			const key = `${image.sha256} ${image.size}`
			if (!named.has(key)) named.set(key, { ...image, line: line.number, seq, id })
		}
		head = { seq, id }
		closing?.see(head)
		expected = seq + 1
		linked = true
	}

	const chainWhole = faults.count === faultsBeside
	for (const fault of quarantined) faults.add(fault)
	const unlisted =
		certified === null && device !== null && authority?.roll.lists({ id: device, publicKey }) === false
	if (unlisted) {
		const detail = `the authority's registry does not list this key for ${device}`
		faults.add({ file: 'device.pem', line: 1, code: 'unknown-device', detail })
	}
	// Whoever stole a key can sign a head of what never was.
	const isDoubtful = authority?.roll.isRevoked(device ?? '', closing?.head?.seq ?? 0) === true
	const cut = isDoubtful ? null : (closing?.fault(device, head) ?? null)
	if (cut !== null) faults.add(cut)
	const count =
		images === null ? null : await countImages(images, [...named.values()], evictions, faults, progress)
	return {
		device,
		entries,
		byKind,
		actas: codes.size,
		head,
		chainWhole,
		closed: closing?.head == null ? null : { seq: closing.head.seq, id: closing.head.id },
		authority: authority === null ? null : reportOf(authority),
		revoked: revokedReport(authority?.roll.revocationOf(device ?? '')),
		quarantined: quarantined.length,
		images: count,
		faults: faults.kept,
		faultCount: faults.count,
	}
}

/** The id stands in the entry itself; the key says whether to believe it. */
function openByKey(
	text: string,
	publicKey: KeyObject,
	device: string | null,
): Result<SignedEntry, EntryFault> {
	const parsed = parseJws(text, 'entry')
	if (!parsed.ok) return parsed
	const verified = verifyJws(parsed.value, { id: parsed.value.kid, publicKey })
	if (!verified.ok) return verified
	const read = readEntry(verified.value)
	if (read.ok && device !== null && read.value.entry.device !== device) {
		return fail('wrong-device', `the entry is of ${read.value.entry.device}, those before it of ${device}`)
	}
	return read
}

/** An image, and the entry that named it first. */
interface NamedImage extends StoredImage, Position {
	readonly line: number
}

async function countImages(
	folder: string,
	named: readonly NamedImage[],
	evictions: ReadonlyMap<string, Eviction>,
	faults: AuditFaults,
	progress: AuditProgress,
): Promise<ImageCount> {
	const givenAway: EvictedImage[] = []
	const count = { named: named.length, present: 0, givenAway, missing: 0, altered: 0 }
	for (const [index, image] of named.entries()) {
		const checked = await checkStoredImage(folder, image)
		progress('images', index + 1, named.length)
		if (checked.ok) {
			count.present++
			continue
		}
		const proof = evictions.get(image.sha256)
		if (checked.fault.code === 'image-missing' && proof?.entry === image.id) {
			const { receipt, centre } = proof
			givenAway.push({ seq: image.seq, sha256: image.sha256, receipt, centre })
			continue
		}
		faults.add({ line: image.line, seq: image.seq, ...checked.fault })
		if (checked.fault.code === 'image-altered') count.altered++
		else count.missing++
	}
	return count
}
