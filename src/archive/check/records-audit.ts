/** The records and notes of all publications so far, as far as the tree and the campaign objects can show. */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { SignedCampaign } from '../../evidence/authority/campaign.ts'
import { encodeBase64 } from '../../evidence/base64.ts'
import type { VerifierKey } from '../../evidence/keys/verifier-key.ts'
import { parseDecimal } from '../../log/decimal.ts'
import { longestNote } from '../../log/note.ts'
import type { Fault } from '../../platform/result.ts'
import { parseJson } from '../../platform/strict-json.ts'
import type { ArchivedFiles } from '../archive-folder.ts'
import { PublicationRecord } from '../feed.ts'
import { feedFile, siteOfFile } from '../layout.ts'
import { openSite, type Site } from '../site-note.ts'
import type { ArchiveFaults } from './archive-report.ts'
import type { LeafAudit } from './leaf-audit.ts'

/** What a record says of the tree and of what is in force: all of them are held at once. */
type ShortRecord = Omit<PublicationRecord, 'figures' | 'changes'>

interface ReadRecord {
	/** Null where it is none. */
	readonly record: ShortRecord | null
	/** Its file can't be read. */
	readonly fault: Fault | null
}

/** By number. */
export type ReadRecords = ReadonlyMap<number, ReadRecord>

/** Of this publication and of those before. The first that is not there ends these: a log may sign any number. */
export async function readRecords(archive: ArchivedFiles, last: number): Promise<ReadRecords> {
	const found = new Map<number, ReadRecord>()
	for (let number = 0; number < last; number++) {
		const read = await readRecord(archive, number)
		found.set(number, read)
		if (read.fault?.code === 'file-missing') break
	}
	return found.set(last, await readRecord(archive, last))
}

async function readRecord(archive: ArchivedFiles, number: number): Promise<ReadRecord> {
	const bytes = await archive.read(feedFile(number))
	return bytes.ok ? { record: shortRecord(bytes.value), fault: null } : { record: null, fault: bytes.fault }
}

function shortRecord(bytes: Uint8Array): ShortRecord | null {
	const json = parseJson(bytes)
	const read = json.ok ? PublicationRecord.safeParse(json.value) : null
	if (read?.success !== true) return null
	const { figures: _figures, changes: _changes, ...record } = read.data
	return record
}

interface RecordsAuditOptions {
	readonly key: VerifierKey
	readonly site: Site
	/** By size, as far as they are known. */
	readonly roots: ReadonlyMap<number, Uint8Array>
	readonly leaves: Pick<LeafAudit, 'campaignAt'>
}

export async function auditRecords(
	archive: ArchivedFiles,
	records: ReadRecords,
	{ key, site, roots, leaves }: RecordsAuditOptions,
	faults: ArchiveFaults,
): Promise<void> {
	let sizeBefore = 0
	for (const [number, { record, fault }] of records) {
		const path = feedFile(number)
		if (fault !== null) {
			faults.add({ path, ...fault })
			continue
		}
		const isShown = number === site.publication
		const size = isShown ? site.size : (record?.size ?? 0)
		const root = isShown ? site.root : roots.get(size)
		const campaign = leaves.campaignAt(size)
		const isRight =
			record !== null &&
			campaign !== undefined &&
			sizeBefore <= size &&
			size <= site.size &&
			isOf(
				record,
				{ n: number, origin: key.name, size, root: root ? encodeBase64(root) : record.root },
				campaign,
			)
		if (!isRight) faults.add({ code: 'feed-differs', path, detail: 'not the record of this publication' })
		sizeBefore = Math.max(sizeBefore, record?.size ?? 0)
	}
	await auditNotes(archive, records, { key, site }, faults)
}

function isOf(
	record: ShortRecord,
	tree: Pick<ShortRecord, 'n' | 'origin' | 'size' | 'root'>,
	{ said, text }: SignedCampaign,
): boolean {
	const { registry, centres, definition, register, rehearsal, issue } = said
	const { time: _time, ...shown } = record
	const campaign = { issue, sha256: createHash('sha256').update(text).digest('hex') }
	const right = { rehearsal, campaign, registry, centres, definition, register }
	return isDeepStrictEqual(shown, { ...tree, ...right })
}

/** Those of before in `sites/`. */
async function auditNotes(
	archive: ArchivedFiles,
	records: ReadRecords,
	{ key, site }: Pick<RecordsAuditOptions, 'key' | 'site'>,
	faults: ArchiveFaults,
): Promise<void> {
	const names = await archive.names('sites')
	const numbers = names.map(parseDecimal).filter((number) => number !== null)
	for (const number of numbers.sort((one, other) => one - other)) {
		if (number >= site.publication) break
		const path = siteOfFile(number)
		const bytes = await archive.read(path, longestNote)
		const note = bytes.ok ? openSite(bytes.value, key) : bytes
		const record = records.get(number)?.record ?? null
		if (!note.ok) faults.add({ path, ...note.fault })
		else if (note.value.publication !== number)
			faults.add({ code: 'bad-site', path, detail: `is the note of publication ${note.value.publication}` })
		else if (record !== null && !isOfTree(note.value, record))
			faults.add({ code: 'site-differs', path, detail: `of another tree than ${feedFile(number)}` })
	}
}

function isOfTree(note: Site, { size, root }: ShortRecord): boolean {
	return note.size === size && encodeBase64(note.root) === root
}
