/**
 * The publication that an archive shows, the records of those before it, and the order in which the next one is signed and
 * shown: what is signed lies durably beside the key before anybody sees it, and `checkpoint` comes last.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { longestArchived } from '../archive/archive-folder.ts'
import { checksumsFile } from '../archive/checksums.ts'
import { recordedTimeMs } from '../archive/feed.ts'
import {
	checkpointFile,
	earlierCheckpointFile,
	feedFile,
	latestFeedFile,
	siteFile,
	siteOfFile,
	torrentFile,
} from '../archive/layout.ts'
import { openSite, type Site, signSite } from '../archive/site-note.ts'
import { lastCheckpointFile } from '../enrolment/log-identity.ts'
import { signCheckpoint } from '../log/checkpoint.ts'
import { LogFolder } from '../log/log-folder.ts'
import type { NoteSigner } from '../log/signing.ts'
import { isSameHash } from '../log/tree-hash.ts'
import { replaceFile } from '../platform/files/durable.ts'
import type { ForeignFiles } from '../platform/files/foreign-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { ArchiveFiles } from './archive-files.ts'
import type { TorrentSettings } from './config.ts'
import type { CoveredFiles } from './covered-files.ts'
import { keepRecords, keptRecords } from './kept-records.ts'
import { type Standing, type StandingFault, signedHead } from './standing.ts'
import { infoHashOf, makeTorrent, type Torrent } from './torrent.ts'

/** Bytes: a hundred folders. */
const longestChecksums = 16 * 1024 * 1024

export type ShownFault = StandingFault | Fault<'overtaken' | 'record-changed'>

interface ShownParts {
	readonly files: ArchiveFiles
	readonly covered: CoveredFiles
	readonly foreign: ForeignFiles
	readonly standing: Standing
	readonly keyFolder: string
	readonly signer: NoteSigner
	readonly torrent: TorrentSettings | undefined
}

export class ShownPublication {
	readonly #parts: ShownParts
	#site: Site | null = null
	#size: number | null
	/** Digests of the records of all publications, by number. */
	readonly #records: string[] = []
	/** When it was published last, by the clock of then. */
	#publishedMs = 0

	constructor(parts: ShownParts) {
		this.#parts = parts
		this.#size = parts.standing.shownSize
	}

	/** Takes what lies there, and completes a publication that was cut off. */
	async open(): Promise<Result<void, ShownFault>> {
		const { files, signer, standing } = this.#parts
		const note = await this.#note(siteFile)
		if (!note.ok && note.fault.code !== 'file-missing') return fail('unreadable', note.fault.detail)
		const site = note.ok ? openSite(note.value, signer.key) : null
		if (site?.ok === false) return fail('unreadable', `${join(files.folder, siteFile)}: ${site.fault.detail}`)
		this.#site = site?.value ?? null
		const known = await this.#knowFeed()
		if (!known.ok) return known
		await files.removeTemporary()
		return await this.#complete(standing.isCutOff)
	}

	get site(): Site | null {
		return this.#site
	}

	/** Of the log that is shown; null where none is. */
	get size(): number | null {
		return this.#size
	}

	get publishedMs(): number {
		return this.#publishedMs
	}

	get nextPublication(): number {
		return (this.#site?.publication ?? -1) + 1
	}

	/** Another process may have been at the archive since we looked. */
	async overtaken(): Promise<Result<void, ShownFault>> {
		const { files, keyFolder, signer, standing } = this.#parts
		const signed = await signedHead(keyFolder, signer.key)
		if (!signed.ok) return signed
		const { head } = standing.tree
		const note = await this.#note(siteFile)
		const site = note.ok ? openSite(note.value, signer.key) : null
		const isOurs =
			(signed.value === null ||
				(signed.value.size === head.size && isSameHash(signed.value.root, head.root))) &&
			(site?.ok !== true || site.value.publication === this.#site?.publication)
		return isOurs
			? ok(undefined)
			: fail('overtaken', `${files.folder}: another process has published there meanwhile; run it again`)
	}

	/** Makes it anew where it was deleted, or is to name other servers; what nobody asks for any more stays. */
	async isTorrentAsSigned(): Promise<boolean> {
		const { files, torrent: settings } = this.#parts
		if (settings === undefined) return true
		const { infoHash, bytes } = await this.#torrent(settings)
		if (infoHash !== this.#site?.torrent) return false
		await files.put(torrentFile, bytes)
		return true
	}

	/** The order of the end: everything is durable, then signed, then shown. */
	async sign(publication: number, checksums: string): Promise<void> {
		const { files, keyFolder, signer, standing } = this.#parts
		const { head } = standing.tree
		const torrent = await this.#putTorrent()
		await files.sync()
		await replaceFile(join(keyFolder, lastCheckpointFile), signCheckpoint(head, signer))
		await this.#show({ publication, ...head, checksums, torrent })
	}

	async #show(site: Site): Promise<void> {
		const { files, covered, foreign, keyFolder, signer } = this.#parts
		const note = signSite(site, signer)
		const path = feedFile(site.publication)
		const record = await foreign.readBelow(files.folder, path.split('/'), longestArchived)
		if (!record.ok) throw unreadable(record.fault)
		await files.put(siteOfFile(site.publication), note)
		await files.put(siteFile, note)
		await files.put(latestFeedFile, record.value.bytes)
		// One that is shown may have got lines of witnesses since.
		if (this.#size !== site.size) {
			const checkpoint = await this.#withLinesOfBefore(site, signCheckpoint(site, signer))
			await files.put(earlierCheckpointFile(site.size), checkpoint)
			await files.sync()
			await files.put(checkpointFile, checkpoint)
		}
		// What is kept beside the key says that all of it is there.
		await files.sync()
		covered.cover(path, record.value.bytes)
		this.#publishedMs = Math.max(this.#publishedMs, recordedTimeMs(record.value.bytes))
		this.#records[site.publication] = sha256(record.value.bytes)
		await keepRecords(keyFolder, this.#records)
		this.#site = site
		this.#size = site.size
	}

	/** Who was cut off, or lost the newest, may have shown it before: lines of witnesses are never lost. */
	async #withLinesOfBefore({ size }: Site, checkpoint: string): Promise<string> {
		const before = await this.#note(earlierCheckpointFile(size))
		return before.ok && before.value.toString().startsWith(checkpoint) ? before.value.toString() : checkpoint
	}

	/** What was signed lies there with all that goes before: it is shown, byte for byte as it would have been. */
	async #complete(isCutOff: boolean): Promise<Result<void, ShownFault>> {
		const { files, signer, standing } = this.#parts
		const { tree } = standing
		// One that adds no leaf shows by this alone that it was signed.
		const path = siteOfFile(this.nextPublication)
		const note = await this.#note(path)
		const next = note.ok ? openSite(note.value, signer.key) : null
		if (next?.ok === true) {
			if (next.value.size === tree.size && isSameHash(next.value.root, tree.root)) {
				await this.#show(next.value)
				return ok(undefined)
			}
			return fail(
				'archive-behind',
				`${join(files.folder, siteFile)}: ${path} was signed after it: bring the newest copy of the archive back`,
			)
		}
		if (isCutOff) await this.#completeNext()
		return ok(undefined)
	}

	async #completeNext(): Promise<void> {
		const { files, foreign, standing } = this.#parts
		const { tree } = standing
		const before = this.#site
		if (before !== null && before.size === tree.size && isSameHash(before.root, tree.root)) {
			await this.#show(before)
			return
		}
		// The first checkpoint of all is signed when the key is made: nothing was published with it yet.
		if (tree.size === 0) return
		const checksums = await foreign.readBelow(files.folder, [checksumsFile], longestChecksums)
		if (!checksums.ok) throw unreadable(checksums.fault)
		const torrent = await foreign.readBelow(files.folder, torrentFile.split('/'), longestArchived)
		await this.#show({
			publication: this.nextPublication,
			...tree.head,
			checksums: sha256(checksums.value.bytes),
			// Written before it was signed, or taken away.
			torrent: torrent.ok ? infoHashOf(torrent.value.bytes) : null,
		})
	}

	/** The records of before stay, as they are kept beside the key by digest, and are covered. */
	async #knowFeed(): Promise<Result<void, ShownFault>> {
		const { files, covered, foreign, keyFolder } = this.#parts
		const read = await keptRecords(keyFolder)
		if (!read.ok) return fail('unreadable', read.fault.detail)
		const kept = read.value
		const last = this.#site?.publication ?? -1
		if (kept.size > last + 1) {
			return fail(
				'archive-behind',
				`${join(files.folder, siteFile)}: publication no. ${kept.size - 1} was shown, and this is not its note: bring the newest copy of the archive back (${siteOfFile(kept.size - 1)} is the same file)`,
			)
		}
		for (let publication = 0; publication <= last; publication++) {
			const path = feedFile(publication)
			const record = await foreign.readBelow(files.folder, path.split('/'), longestArchived)
			const digest = record.ok ? sha256(record.value.bytes) : ''
			if (!record.ok || (kept.get(publication) ?? digest) !== digest) {
				const why = record.ok ? 'is not the record that was published' : record.fault.detail
				return fail(
					'record-changed',
					`${join(files.folder, path)}: ${why} (SHA-256 ${kept.get(publication) ?? 'not kept'}): bring it back, from a mirror if need be`,
				)
			}
			this.#records[publication] = digest
			covered.cover(path, record.value.bytes)
			this.#publishedMs = Math.max(this.#publishedMs, recordedTimeMs(record.value.bytes))
		}
		return ok(undefined)
	}

	/** Gives its info-hash; one of an earlier publication does not stay. */
	async #putTorrent(): Promise<string | null> {
		const { files, torrent: settings } = this.#parts
		if (settings === undefined) {
			await files.remove(torrentFile)
			return null
		}
		const { infoHash, bytes } = await this.#torrent(settings)
		await files.put(torrentFile, bytes)
		return infoHash
	}

	async #torrent(settings: TorrentSettings): Promise<Torrent> {
		const { files, covered, signer } = this.#parts
		return await makeTorrent({
			...settings,
			...{ folder: files.folder, digests: covered.digests(), origin: signer.key.name },
		})
	}

	#note(path: string): ReturnType<LogFolder['note']> {
		return new LogFolder(this.#parts.files.folder).note(path)
	}
}

function unreadable({ code, detail }: Fault): Error {
	return Object.assign(new Error(detail), { code })
}

function sha256(content: Uint8Array | string): string {
	return createHash('sha256').update(content).digest('hex')
}
