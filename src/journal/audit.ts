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
import { type PublicKeyFileFault, readPublicKeyFile } from '../evidence/public-key-file.ts'
import { type Fault, fail, type Result } from '../platform/result.ts'
import { turns } from '../platform/turns.ts'
import { type AuditFault, AuditFaults } from './audit-faults.ts'
import type { AuditProgress } from './audit-progress.ts'
import { auditFile } from './evidence-file.ts'
import { HeadAudit } from './head-audit.ts'
import { readHeadText } from './head-file.ts'
import { checkStoredImage, type StoredImage, storedImagesOf } from './image-audit.ts'
import { linesOf } from './lines.ts'

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
	/** The entry that was the last when the day was closed; only where a head says so that lay beside the entries. */
	readonly closed?: Position
	/** Null when they were not looked at. */
	readonly images: ImageCount | null
	/** The first of them, in the order found; `faultCount` counts all. */
	readonly faults: readonly AuditFault[]
	readonly faultCount: number
}

export interface ImageCount {
	readonly named: number
	readonly present: number
	readonly missing: number
	readonly altered: number
}

export type AuditRefusal = PublicKeyFileFault | Fault<'unreadable'>

export interface AuditOptions {
	/** False leaves the images out. */
	readonly images?: boolean
	readonly progress?: AuditProgress
}

/** Audits the directory of a journal. With `images: false` only its entries. */
export async function auditJournal(
	directory: string,
	{ images = true, progress }: AuditOptions = {},
): Promise<Result<JournalReport, AuditRefusal>> {
	return auditJournalFile(
		join(directory, 'entries.jws'),
		join(directory, 'device.pem'),
		images ? join(directory, 'images') : null,
		progress,
		await readHeadText(directory),
	)
}

/** Audits a journal's file against the key in another; `images` is the folder of images, or null; so is `head`. */
export async function auditJournalFile(
	path: string,
	keyPath: string,
	images: string | null,
	progress: AuditProgress = () => {},
	head: string | null = null,
): Promise<Result<JournalReport, AuditRefusal>> {
	const key = await readPublicKeyFile(keyPath)
	if (!key.ok) return key
	return auditFile(path, progress, (bytes) => auditEntries(bytes, key.value, images, progress, head))
}

/** Audits the bytes of a journal, and the text of the head that lay beside it. */
export async function auditEntries(
	bytes: AsyncIterable<Uint8Array>,
	publicKey: KeyObject,
	images: string | null,
	progress: AuditProgress = () => {},
	headText: string | null = null,
): Promise<JournalReport> {
	const closing = headText === null ? null : new HeadAudit(headText, publicKey)
	const faults = new AuditFaults()
	const turn = turns()
	const genesis = genesisOf(publicKey)
	const byKind: Record<string, number> = {}
	const codes = new Set<string>()
	const named = new Map<string, StoredImage & { readonly line: number; readonly seq: number }>()
	let device: string | null = null
	let entries = 0
	let head: Position | null = null
	/** The seq that the next line should have, and whether the entry before it is known. */
	let expected = 1
	let linked = true

	for await (const line of linesOf(bytes)) {
		await turn()
		const opened: Result<SignedEntry> = line.ok ? openByKey(line.text, publicKey, device) : line
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
		byKind[entry.kind] = (byKind[entry.kind] ?? 0) + 1
		if (entry.kind === 'acta' && entry.reading.code !== null) codes.add(entry.reading.code)
		for (const image of storedImagesOf(entry)) {
			const key = `${image.sha256} ${image.size}`
			if (!named.has(key)) named.set(key, { ...image, line: line.number, seq })
		}
		head = { seq, id }
		closing?.see(head)
		expected = seq + 1
		linked = true
	}

	const chainWhole = faults.count === 0
	const cut = closing?.fault(device, head) ?? null
	if (cut !== null) faults.add(cut)
	const count = images === null ? null : await countImages(images, [...named.values()], faults, progress)
	return {
		device,
		entries,
		byKind,
		actas: codes.size,
		head,
		chainWhole,
		...(closing?.head == null ? {} : { closed: { seq: closing.head.seq, id: closing.head.id } }),
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

async function countImages(
	folder: string,
	named: readonly (StoredImage & { readonly line: number; readonly seq: number })[],
	faults: AuditFaults,
	progress: AuditProgress,
): Promise<ImageCount> {
	const count = { named: named.length, present: 0, missing: 0, altered: 0 }
	for (const [index, image] of named.entries()) {
		const checked = await checkStoredImage(folder, image)
		progress('images', index + 1, named.length)
		if (checked.ok) {
			count.present++
			continue
		}
		faults.add({ line: image.line, seq: image.seq, ...checked.fault })
		if (checked.fault.code === 'image-altered') count.altered++
		else count.missing++
	}
	return count
}
