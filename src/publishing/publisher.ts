/**
 * Publishes what a centre holds: appends what is ripe to the log, and makes anew what that changes of everything else
 * (`provisioning/verify/ARCHIVE.md`).
 *
 * INVARIANTS
 * - Keys, pictures, tiles, the record, pages, data and the checksums lie durably in the archive before the log's key
 *   signs. What it signs lies durably beside the key before anybody sees it, and `checkpoint` is shown last. So nothing is
 *   shown that is not covered, and a publication that was cut off after it was signed is completed, never made anew.
 * - The key signs nothing that does not extend what it signed before (`standing.ts`). One process at a time is at the
 *   archive, and one at the key; what another did meanwhile is noticed before anything is written.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { formatRecord, type PublicationRecord, type TableChange } from '../archive/feed.ts'
import { derivedFolders, feedFile, keysFolder } from '../archive/layout.ts'
import { LeafRecords } from '../archive/leaf-records.ts'
import { FollowedDevices } from '../audit/followed-devices.ts'
import { type PublishedDevices, registryAlone } from '../audit/published-devices.ts'
import type { ClockFault } from '../central/clock-check.ts'
import { logKey } from '../evidence/authority/campaign.ts'
import { encodeBase64 } from '../evidence/base64.ts'
import { formatVerifierKey } from '../evidence/keys/verifier-key.ts'
import { LogFolder } from '../log/log-folder.ts'
import type { NoteSigner } from '../log/signing.ts'
import { tilePath } from '../log/tile.ts'
import { instant } from '../platform/clock.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { LedgerRecords } from '../records/ledger-records.ts'
import { publishedFigures } from '../tally/figures.ts'
import type { Tally } from '../tally/tally.ts'
import { ArchiveFiles } from './archive-files.ts'
import type { CampaignWords, CampaignWordsFault, WordsSource } from './campaign-words.ts'
import { saysSomething } from './changed-tables.ts'
import type { TorrentSettings } from './config.ts'
import { CoveredFiles } from './covered-files.ts'
import { derivedFiles } from './derived-files.ts'
import { devicesOf, dueLeaves, type NewLeaf } from './due-leaves.ts'
import { FollowedWords } from './followed-words.ts'
import { KeptTablesFile } from './kept-tables-file.ts'
import { Pictures } from './pictures.ts'
import { digestOf, PublishedTally } from './published-tally.ts'
import { continuePublished, type PublishedWordsFault } from './published-words.ts'
import { locked, type PublishingLockFault } from './publishing-lock.ts'
import type { RipenessSettings } from './ripeness.ts'
import { type ShownFault, ShownPublication } from './shown-publication.ts'
import { readStanding, type Standing, type StandingFault } from './standing.ts'
import { Unpublished } from './unpublished.ts'

export interface PublisherParts {
	/** The centre's. */
	readonly directory: string
	/** Where the authority's words lie: at the centre, or elsewhere. */
	readonly words: WordsSource
	/** Its folder; made where it is missing. */
	readonly archive: string
	/** Where the log's key lies, and its last checkpoint. */
	readonly keyFolder: string
	readonly signer: NoteSigner
	readonly ripeness: RipenessSettings
	/** None is made without them. */
	readonly torrent?: TorrentSettings | undefined
	readonly nowMs: () => number
	/** Why nothing may be dated now. `passedMs` has certainly passed. */
	readonly clockFault: (passedMs: number) => Promise<ClockFault | null>
}

/** `overtaken`: another process has published meanwhile; opened anew it goes on. `clock-*`: nothing may be dated now. */
export type PublisherFault =
	| CampaignWordsFault
	| PublishedWordsFault
	| StandingFault
	| ShownFault
	| PublishingLockFault
	| ClockFault
	| Fault<'foreign-log' | 'leaf-refused'>

export interface Published {
	/** Null where there was nothing to publish. */
	readonly publication: number | null
	/** Of the log by now. */
	readonly leaves: number
	/** Tables that have changed. */
	readonly changed: number
	/** Tables that count. */
	readonly tables: number
	/** Objects that are not ripe, or whose signer nobody lists. */
	readonly waiting: number
	readonly files: number
	readonly bytes: number
	/** Info-hash of what is published by now; null where it has no torrent. */
	readonly torrent: string | null
}

export class Publisher {
	readonly #parts: PublisherParts
	readonly #files: ArchiveFiles
	readonly #covered: CoveredFiles
	readonly #foreign = new ForeignFiles()
	readonly #standing: Standing
	readonly #words: FollowedWords
	readonly #signers: FollowedDevices
	readonly #unpublished: Unpublished
	readonly #pictures: Pictures
	readonly #tables = new KeptTablesFile()
	readonly #counting: PublishedTally
	readonly #shown: ShownPublication
	#wordsDigest = ''
	/** Until a person has released one, only a rehearsal shows pictures. */
	#showsPictures = false
	/** All that is derived was held against what lies there. */
	#isDerived = false
	#devices: PublishedDevices | null = null

	private constructor(parts: PublisherParts, standing: Standing) {
		const { archive, directory, keyFolder, signer, torrent } = parts
		this.#parts = parts
		this.#standing = standing
		this.#files = new ArchiveFiles(archive)
		this.#covered = new CoveredFiles(this.#files)
		this.#counting = new PublishedTally(archive, standing)
		this.#shown = new ShownPublication({
			...{ files: this.#files, covered: this.#covered, foreign: this.#foreign, standing },
			...{ keyFolder, signer, torrent },
		})
		this.#words = new FollowedWords(parts.words)
		this.#signers = new FollowedDevices(join(archive, keysFolder), registryAlone)
		this.#pictures = new Pictures({
			...{ directory, files: this.#files },
			leaves: new LeafRecords(new LogFolder(archive), () => standing.tree.size),
		})
		this.#unpublished = new Unpublished({
			directory,
			records: new LedgerRecords(directory),
			isPublished: (id) => standing.ids.has(id),
			noteEntry: (payload) => {
				if (this.#showsPictures) this.#pictures.note(payload)
			},
		})
	}

	/** Reads the whole log, and completes a publication that was cut off. */
	static async open(parts: PublisherParts): Promise<Result<Publisher, PublisherFault>> {
		return locked(parts, () => Publisher.#open(parts))
	}

	static async #open(parts: PublisherParts): Promise<Result<Publisher, PublisherFault>> {
		const { archive, keyFolder, signer } = parts
		const standing = await readStanding(archive, keyFolder, signer.key)
		if (!standing.ok) return standing
		const publisher = new Publisher(parts, standing.value)
		const opened = await publisher.#shown.open()
		return opened.ok ? ok(publisher) : opened
	}

	/** Of the log by now. */
	get leaves(): number {
		return this.#standing.tree.size
	}

	/** Publishes what is ripe; what was deleted or damaged of what is derived is made anew. */
	async publish(): Promise<Result<Published, PublisherFault>> {
		return locked(this.#parts, async () => {
			const overtaken = await this.#shown.overtaken()
			return overtaken.ok ? await this.#publish() : overtaken
		})
	}

	async #publish(): Promise<Result<Published, PublisherFault>> {
		const { signer } = this.#parts
		const said = await this.#words.look()
		if (!said.ok) return said
		const { archive, words: source } = this.#parts
		const words = await continuePublished(said.value, archive, this.#foreign, source.directory)
		if (!words.ok) return words
		const { campaign } = words.value
		this.#showsPictures = campaign.said.rehearsal
		const named = formatVerifierKey(logKey(campaign.said))
		if (named !== formatVerifierKey(signer.key)) {
			return fail('foreign-log', `the campaign object names the log ${named}, not the one of this key`)
		}
		const passedMs = Math.max(
			this.#shown.publishedMs,
			this.#unpublished.newestMs ?? 0,
			Date.parse(campaign.said.time),
		)
		const clockFault = await this.#parts.clockFault(passedMs)
		if (clockFault !== null) return { ok: false, fault: clockFault }
		// By what was in force until now, before anything of it is replaced.
		if (!this.#counting.isCounted && this.#shown.size !== null)
			this.#wordsDigest = (await this.#counting.countBefore()) ?? this.#wordsDigest
		const areWordsNew = await this.#putWords(words.value)
		const looked = await this.#signers.look()
		if (!looked.ok) return fail('unreadable', looked.fault.detail)
		const devices = looked.value ?? this.#devices
		if (devices === null) throw new Error('a first look gives something')
		this.#devices = devices
		await this.#unpublished.takeIn(devices)
		const { ripeness, nowMs } = this.#parts
		const [standing, unpublished] = [this.#standing, this.#unpublished]
		const leaves = dueLeaves({ words: words.value, standing, unpublished, ripeness, nowMs: nowMs() })
		if (!leaves.ok) return leaves
		return this.#append(words.value, leaves.value, areWordsNew)
	}

	async #append(
		words: CampaignWords,
		leaves: readonly NewLeaf[],
		areWordsNew: boolean,
	): Promise<Result<Published, PublisherFault>> {
		const { tree, ids } = this.#standing
		const firstNew = tree.size
		if (leaves.length > 0) await this.#begin()
		for (const { text, id } of leaves) {
			const filled = tree.append(Buffer.from(text))
			if (!filled.ok) return fail('leaf-refused', filled.fault.detail)
			for (const tile of filled.value) await this.#files.put(tilePath(tile), tile.bytes)
			ids.add(id)
		}
		this.#standing.broughtBy.note(devicesOf(leaves), tree.size)
		if (leaves.length > 0)
			for (const tile of tree.partials()) await this.#files.put(tilePath(tile), tile.bytes)
		if (this.#showsPictures) await this.#pictures.put()
		const counting = this.#counting.by(words)
		const revision = counting.addedUp?.tally.revision ?? null
		const added = await counting.update()
		if (!added.ok) return fail('unreadable', added.fault.detail)
		const { tally } = added.value
		const isDue = this.#shown.size === null || leaves.length > 0 || areWordsNew
		if (!isDue && this.#isDerived) return ok(this.#report(null, tally, 0))
		// Of which something has changed; null where it may be any.
		const touched = areWordsNew || revision === null ? null : tally.changedSince(revision)
		const publication = this.#shown.nextPublication
		const { issue } = words.campaign.said
		const changed = this.#counting.changesBy(leaves, tally, { issue, touched, firstNew })
		const changes = publication === 0 ? changed.filter(saysSomething) : changed
		const record = formatRecord(this.#record(publication, words, tally, changes))
		await this.#files.put(feedFile(publication), record)
		// All of it once in the life of a process: what was deleted or damaged is made anew.
		await this.#putDerived(words, tally, this.#isDerived ? touched : null)
		this.#isDerived = true
		const isAsSigned = this.#shown.site?.checksums === (await this.#covered.putChecksums())
		if (!isDue && isAsSigned && (await this.#shown.isTorrentAsSigned())) {
			await this.#files.remove(feedFile(publication))
			return ok(this.#report(null, tally, 0))
		}
		await this.#covered.put(feedFile(publication), record)
		await this.#shown.sign(publication, await this.#covered.putChecksums())
		for (const { id } of leaves) this.#unpublished.published(id)
		return ok(this.#report(publication, tally, changes.length))
	}

	/**
	 * Before anything that a publication changes: who finds a record of one that is not signed knows that it was begun. What
	 * it says follows when the leaves are added up.
	 */
	async #begin(): Promise<void> {
		await this.#files.put(feedFile(this.#shown.nextPublication), '{}\n')
	}

	/** All of it where `changed` is null. */
	async #putDerived(words: CampaignWords, tally: Tally, changed: ReadonlySet<string> | null): Promise<void> {
		const tables = this.#tables.text(tally, changed)
		const view = { tally, changed, campaign: words.campaign.said, tables }
		const put = new Set<string>()
		for (const [path, text] of derivedFiles(view)) {
			await this.#covered.put(path, text)
			put.add(path)
		}
		for (const folder of changed === null ? derivedFolders : []) await this.#covered.keepOnly(folder, put)
	}

	/** True where the archive has other words than the centre. They are durable with the rest. */
	async #putWords({ files }: CampaignWords): Promise<boolean> {
		const [before, now] = [this.#wordsDigest, digestOf(files)]
		if (before !== now) await this.#begin()
		for (const [path, content] of files) await this.#covered.put(path, content)
		this.#wordsDigest = now
		return before !== now
	}

	#record(
		publication: number,
		{ campaign }: CampaignWords,
		tally: Tally,
		changes: readonly TableChange[],
	): PublicationRecord {
		const { said, text } = campaign
		const { size, root } = this.#standing.tree.head
		const { log, registry, centres, definition, register, rehearsal, issue } = said
		return {
			...{ n: publication, origin: log.origin, size, root: encodeBase64(root) },
			...{ time: instant(this.#parts.nowMs()), rehearsal, campaign: { issue, sha256: sha256(text) } },
			...{ registry, centres, definition, register, figures: publishedFigures(tally.figures()) },
			changes: [...changes],
		}
	}

	#report(publication: number | null, tally: Tally, changed: number): Published {
		const { tables, unlisted } = tally.figures()
		return {
			...{ publication, leaves: this.#standing.tree.size, changed },
			tables: tables.counted.tables + unlisted.counted,
			waiting: this.#unpublished.held.size + this.#unpublished.unknown,
			...this.#files.written,
			torrent: this.#shown.site?.torrent ?? null,
		}
	}
}

function sha256(content: Uint8Array | string): string {
	return createHash('sha256').update(content).digest('hex')
}
