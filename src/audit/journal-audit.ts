/** Checks a journal as a stranger would: its files, the device's public key and nothing else. */
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { readVouchedKey, type VouchedKeyFault } from '../evidence/keys/certified-key.ts'
import { type PublicKeyFileFault, readPemFile, readPublicKeyFile } from '../evidence/keys/public-key-file.ts'
import { type EvictionKey, readEvictions } from '../journal/evicted-images.ts'
import { readHeadText } from '../journal/head-file.ts'
import { deviceFile } from '../journal/journal.ts'
import type { Fault, Result } from '../platform/result.ts'
import type { AuditProgress } from './audit-progress.ts'
import { auditEvidenceFile } from './evidence-file.ts'
import { auditEntries, nothingBeside } from './journal-lines.ts'
import type { JournalReport } from './journal-report.ts'
import { type PublishedAuthority, publishedAuthority } from './published-authority.ts'

export type AuditRefusal = PublicKeyFileFault | VouchedKeyFault | Fault<'unreadable'>

export interface AuditOptions {
	/** False leaves the images out. */
	readonly images?: boolean
	readonly progress?: AuditProgress
	/** The centre's key, where it is known: only its receipts excuse images that are not there. */
	readonly centreKey?: KeyObject
}

/** Audits the directory of a journal. With `images: false` only its entries. */
export async function auditJournal(
	directory: string,
	{ images = true, progress = () => {}, centreKey }: AuditOptions = {},
): Promise<Result<JournalReport, AuditRefusal>> {
	const published = await publishedAuthority(directory)
	if (!published.ok) return published
	const authority = published.value
	const key = await readPemFile(join(directory, deviceFile), (pem) =>
		readVouchedKey(pem, authority?.authority ?? null, 'entries'),
	)
	if (!key.ok) return key
	const { publicKey, id: certified } = key.value
	const folder = images ? join(directory, 'images') : null
	const headText = await readHeadText(directory)
	return auditEvidenceFile(join(directory, 'entries.jws'), progress, async (bytes) => {
		const evictions = await readEvictions(directory, keyOfCentre(centreKey, authority))
		const beside = { keyFile: deviceFile, authority, certified, headText, evictions }
		return auditEntries(bytes, publicKey, folder, progress, beside)
	})
}

/** Whose receipts excuse images: undefined where only the keys beside them say so. */
function keyOfCentre(
	centreKey: KeyObject | undefined,
	authority: PublishedAuthority | null,
): ((centre: string) => EvictionKey | null) | undefined {
	if (centreKey !== undefined) return () => ({ publicKey: centreKey, file: '--centre-key' })
	if (authority === null || authority.centres.issue === 0) return undefined
	return (centre) => {
		const counted = authority.centres.counted(centre)
		return counted.ok ? { publicKey: counted.value.publicKey, file: null } : null
	}
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
	const beside = { ...nothingBeside, keyFile: keyPath }
	return auditEvidenceFile(path, progress, (bytes) =>
		auditEntries(bytes, key.value, images, progress, beside),
	)
}
