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
import type { ElectionDefinition } from '../acta/election.ts'
import type { Register } from '../acta/register/register.ts'
import { longestArchived } from '../archive/archive-folder.ts'
import { checksumsFile } from '../archive/checksums.ts'
import {
	formatRecord,
	type PublicationRecord,
	recordedTimeMs,
	type TableChange,
	type Why,
} from '../archive/feed.ts'
import {
	archivedRegisterFile,
	checkpointFile,
	derivedFolders,
	earlierCheckpointFile,
	electionFile,
	feedFile,
	keysFolder,
	latestFeedFile,
	siteFile,
	siteOfFile,
	torrentFile,
} from '../archive/layout.ts'
import { LeafRecords } from '../archive/leaf-records.ts'
import { openSite, type Site, signSite } from '../archive/site-note.ts'
import { FollowedDevices } from '../audit/followed-devices.ts'
import { type PublishedDevices, registryAlone } from '../audit/published-devices.ts'
import type { ClockFault } from '../central/clock-check.ts'
import { lastCheckpointFile } from '../enrolment/log-identity.ts'
import { logKey } from '../evidence/authority/campaign.ts'
import { encodeBase64 } from '../evidence/base64.ts'
import { parseJws } from '../evidence/jws.ts'
import { formatVerifierKey } from '../evidence/keys/verifier-key.ts'
import { type LeafKind, leafToPublish } from '../evidence/publishable.ts'
import { Lock, type LockFault } from '../journal/lock.ts'
import { signCheckpoint } from '../log/checkpoint.ts'
import { LogFolder } from '../log/log-folder.ts'
import type { NoteSigner } from '../log/signing.ts'
import { tilePath } from '../log/tile.ts'
import { isSameHash } from '../log/tree-hash.ts'
import { instant } from '../platform/clock.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { LedgerRecords } from '../records/ledger-records.ts'
import { publishedFigures } from '../tally/figures.ts'
import { RecordTally } from '../tally/record-tally.ts'
import type { Tally } from '../tally/tally.ts'
import { ArchiveFiles } from './archive-files.ts'
import {
	type CampaignWords,
	type CampaignWordsFault,
	readCampaignWords,
	type WordsSource,
} from './campaign-words.ts'
import { ChangedTables, saysSomething } from './changed-tables.ts'
import { isFree } from './companions.ts'
import type { TorrentSettings } from './config.ts'
import { CoveredFiles } from './covered-files.ts'
import { derivedFiles } from './derived-files.ts'
import { FollowedWords } from './followed-words.ts'
import { keepRecords, keptRecords } from './kept-records.ts'
import { KeptTablesFile } from './kept-tables-file.ts'
import { NamedTables } from './named-tables.ts'
import { Pictures } from './pictures.ts'
import { continuePublished, type PublishedWordsFault } from './published-words.ts'
import { type RipenessSettings, ripeOf } from './ripeness.ts'
import { readStanding, type Standing, type StandingFault, signedHead } from './standing.ts'
import { infoHashOf, makeTorrent, type Torrent } from './torrent.ts'
import { Unpublished } from './unpublished.ts'

/** Bytes: a hundred folders. */
const longestChecksums = 16 * 1024 * 1024

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
	| LockFault
	| ClockFault
	| Fault<'foreign-log' | 'disk-failed' | 'leaf-refused' | 'overtaken' | 'record-changed'>

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

interface NewLeaf {
	readonly kind: LeafKind
	readonly id: string
	readonly text: string
	/** False where it is withheld. */
	readonly isText: boolean
	readonly jws: Parameters<NamedTables['take']>[1]
}

/** What the figures of an archive rest on beside its leaves. */
interface Counting {
	readonly election: ElectionDefinition
	readonly register: Register
	readonly tally: RecordTally
	readonly changes: ChangedTables
	readonly named: NamedTables
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
	#site: Site | null
	#shownSize: number | null
	#counting: Counting | null = null
	#wordsDigest = ''
	/** Until a person has released one, only a rehearsal shows pictures. */
	#showsPictures = false
	/** All that is derived was held against what lies there. */
	#isDerived = false
	/** Digests of the records of all publications, by number. */
	readonly #records: string[] = []
	/** When it was published last, by the clock of then. */
	#publishedMs = 0

	private constructor(parts: PublisherParts, standing: Standing, site: Site | null) {
		const { archive, directory } = parts
		this.#parts = parts
		this.#standing = standing
		this.#site = site
		this.#shownSize = standing.shownSize
		this.#files = new ArchiveFiles(archive)
		this.#covered = new CoveredFiles(this.#files)
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
		const note = await new LogFolder(archive).note(siteFile)
		if (!note.ok && note.fault.code !== 'file-missing') return fail('unreadable', note.fault.detail)
		const site = note.ok ? openSite(note.value, signer.key) : null
		if (site?.ok === false) return fail('unreadable', `${join(archive, siteFile)}: ${site.fault.detail}`)
		const publisher = new Publisher(parts, standing.value, site?.value ?? null)
		const known = await publisher.#knowFeed()
		if (!known.ok) return known
		await publisher.#files.removeTemporary()
		const completed = await publisher.#complete(standing.value.isCutOff)
		return completed.ok ? ok(publisher) : completed
	}

	/** Of the log by now. */
	get leaves(): number {
		return this.#standing.tree.size
	}

	/** Publishes what is ripe; what was deleted or damaged of what is derived is made anew. */
	async publish(): Promise<Result<Published, PublisherFault>> {
		return locked(this.#parts, async () => {
			const overtaken = await this.#overtaken()
			return overtaken.ok ? await this.#publish() : overtaken
		})
	}

	/** Another process may have been at the archive since we looked. */
	async #overtaken(): Promise<Result<void, PublisherFault>> {
		const { archive, keyFolder, signer } = this.#parts
		const signed = await signedHead(keyFolder, signer.key)
		if (!signed.ok) return signed
		const { head } = this.#standing.tree
		const note = await new LogFolder(archive).note(siteFile)
		const site = note.ok ? openSite(note.value, signer.key) : null
		const isOurs =
			(signed.value === null ||
				(signed.value.size === head.size && isSameHash(signed.value.root, head.root))) &&
			(site?.ok !== true || site.value.publication === this.#site?.publication)
		return isOurs
			? ok(undefined)
			: fail('overtaken', `${archive}: another process has published there meanwhile; run it again`)
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
			this.#publishedMs,
			this.#unpublished.newestMs ?? 0,
			Date.parse(campaign.said.time),
		)
		const clockFault = await this.#parts.clockFault(passedMs)
		if (clockFault !== null) return { ok: false, fault: clockFault }
		// By what was in force until now, before anything of it is replaced.
		if (this.#counting === null && this.#shownSize !== null) this.#counting = await this.#countBefore()
		const areWordsNew = await this.#putWords(words.value)
		const looked = await this.#signers.look()
		if (!looked.ok) return fail('unreadable', looked.fault.detail)
		const devices = looked.value ?? this.#devices
		if (devices === null) throw new Error('a first look gives something')
		this.#devices = devices
		await this.#unpublished.takeIn(devices)
		const leaves = this.#leavesDue(words.value)
		if (!leaves.ok) return leaves
		return this.#append(words.value, leaves.value, areWordsNew)
	}

	#devices: PublishedDevices | null = null

	/** Campaign objects by issue, then the rest by id. */
	#leavesDue({ campaigns, campaign, election }: CampaignWords): Result<readonly NewLeaf[], PublisherFault> {
		const { ripeness, nowMs } = this.#parts
		const rules = { election, rehearsal: campaign.said.rehearsal }
		const held = this.#unpublished.held
		const waiting = [...held.values()].flatMap(({ kind, jws, seq }) =>
			kind === 'entry'
				? [{ id: jws.id, device: jws.kid, seq, receivedMs: this.#unpublished.receivedMs(jws.id) }]
				: [],
		)
		const devices = {
			closedUpTo: this.#unpublished.closedUpTo,
			broughtBy: this.#standing.broughtBy.texts,
		}
		const ripe = ripeOf(waiting, devices, nowMs(), ripeness)
		const entries = {
			isPublished: (id: string) => ripe.has(id) || this.#standing.ids.has(id),
			isHeld: (id: string) => held.has(id),
		}
		const rest: NewLeaf[] = []
		for (const [id, { kind, jws }] of held) {
			const isDue = kind === 'entry' ? ripe.has(id) : isFree({ kind, jws }, entries, nowMs(), ripeness)
			if (!isDue) continue
			const leaf = leafToPublish(kind, jws, rules)
			// A withheld object in nobody's place: nothing chains over it.
			if (leaf.ok)
				rest.push({ kind, id, jws, text: leaf.value.text, isText: leaf.value.withheldFor === null })
		}
		const lacking = campaigns.filter(({ id }) => !this.#standing.ids.has(id))
		// The first campaign object is in force by a log without a leaf, and goes in with what comes first.
		const isFirstAlone = this.#standing.tree.size === 0 && campaigns.length === 1 && rest.length === 0
		const objects: NewLeaf[] = []
		for (const { id, text } of isFirstAlone ? [] : lacking) {
			const parsed = parseJws(text, 'campaign')
			if (!parsed.ok) return fail('leaf-refused', parsed.fault.detail)
			objects.push({ kind: 'campaign', id, text, isText: true, jws: parsed.value })
		}
		return ok([...objects, ...rest.sort(byId)])
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
		const counting = this.#countingBy(words)
		const revision = counting.tally.addedUp?.tally.revision ?? null
		const added = await counting.tally.update()
		if (!added.ok) return fail('unreadable', added.fault.detail)
		const { tally } = added.value
		const isDue = this.#shownSize === null || leaves.length > 0 || areWordsNew
		if (!isDue && this.#isDerived) return ok(this.#report(null, tally, 0))
		// Of which something has changed; null where it may be any.
		const touched = areWordsNew || revision === null ? null : tally.changedSince(revision)
		const publication = this.#nextPublication
		const changed = this.#changesOf(words, counting, tally, leaves, { firstNew, touched })
		const changes = publication === 0 ? changed.filter(saysSomething) : changed
		const record = formatRecord(this.#record(publication, words, tally, changes))
		await this.#files.put(feedFile(publication), record)
		// All of it once in the life of a process: what was deleted or damaged is made anew.
		await this.#putDerived(words, tally, this.#isDerived ? touched : null)
		this.#isDerived = true
		const isAsSigned = this.#site?.checksums === (await this.#covered.putChecksums())
		if (!isDue && isAsSigned && (await this.#isTorrentAsSigned())) {
			await this.#files.remove(feedFile(publication))
			return ok(this.#report(null, tally, 0))
		}
		await this.#covered.put(feedFile(publication), record)
		await this.#sign(publication, await this.#covered.putChecksums())
		for (const { id } of leaves) this.#unpublished.published(id)
		return ok(this.#report(publication, tally, changes.length))
	}

	get #nextPublication(): number {
		return (this.#site?.publication ?? -1) + 1
	}

	/**
	 * Before anything that a publication changes: who finds a record of one that is not signed knows that it was begun. What
	 * it says follows when the leaves are added up.
	 */
	async #begin(): Promise<void> {
		await this.#files.put(feedFile(this.#nextPublication), '{}\n')
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

	async #torrent(settings: TorrentSettings): Promise<Torrent> {
		const { archive, signer } = this.#parts
		return await makeTorrent({
			...settings,
			...{ folder: archive, digests: this.#covered.digests(), origin: signer.key.name },
		})
	}

	/** Makes it anew where it was deleted, or is to name other servers; what nobody asks for any more stays. */
	async #isTorrentAsSigned(): Promise<boolean> {
		const { torrent: settings } = this.#parts
		if (settings === undefined) return true
		const { infoHash, bytes } = await this.#torrent(settings)
		if (infoHash !== this.#site?.torrent) return false
		await this.#files.put(torrentFile, bytes)
		return true
	}

	/** Gives its info-hash; one of an earlier publication does not stay. */
	async #putTorrent(): Promise<string | null> {
		const { torrent: settings } = this.#parts
		if (settings === undefined) {
			await this.#files.remove(torrentFile)
			return null
		}
		const { infoHash, bytes } = await this.#torrent(settings)
		await this.#files.put(torrentFile, bytes)
		return infoHash
	}

	/** The order of the end: everything is durable, then signed, then shown. */
	async #sign(publication: number, checksums: string): Promise<void> {
		const { keyFolder, signer } = this.#parts
		const { tree } = this.#standing
		const torrent = await this.#putTorrent()
		await this.#files.sync()
		await replaceFile(join(keyFolder, lastCheckpointFile), signCheckpoint(tree.head, signer))
		await this.#show({ publication, ...tree.head, checksums, torrent })
	}

	async #show(site: Site): Promise<void> {
		const { signer } = this.#parts
		const note = signSite(site, signer)
		const record = await this.#foreign.readBelow(
			this.#files.folder,
			feedFile(site.publication).split('/'),
			longestArchived,
		)
		if (!record.ok) throw unreadable(record.fault)
		await this.#files.put(siteOfFile(site.publication), note)
		await this.#files.put(siteFile, note)
		await this.#files.put(latestFeedFile, record.value.bytes)
		// One that is shown may have got lines of witnesses since.
		if (this.#shownSize !== site.size) {
			const checkpoint = await this.#withLinesOfBefore(site, signCheckpoint(site, signer))
			await this.#files.put(earlierCheckpointFile(site.size), checkpoint)
			await this.#files.sync()
			await this.#files.put(checkpointFile, checkpoint)
		}
		// What is kept beside the key says that all of it is there.
		await this.#files.sync()
		this.#covered.cover(feedFile(site.publication), record.value.bytes)
		this.#publishedMs = Math.max(this.#publishedMs, recordedTimeMs(record.value.bytes))
		this.#records[site.publication] = sha256(record.value.bytes)
		await keepRecords(this.#parts.keyFolder, this.#records)
		this.#site = site
		this.#shownSize = site.size
	}

	/** Who was cut off, or lost the newest, may have shown it before: lines of witnesses are never lost. */
	async #withLinesOfBefore({ size }: Site, checkpoint: string): Promise<string> {
		const before = await new LogFolder(this.#files.folder).note(earlierCheckpointFile(size))
		return before.ok && before.value.toString().startsWith(checkpoint) ? before.value.toString() : checkpoint
	}

	/** What was signed lies there with all that goes before: it is shown, byte for byte as it would have been. */
	async #complete(isCutOff: boolean): Promise<Result<void, PublisherFault>> {
		const { signer } = this.#parts
		const { tree } = this.#standing
		const before = this.#site
		// One that adds no leaf shows by this alone that it was signed.
		const path = siteOfFile((before?.publication ?? -1) + 1)
		const note = await new LogFolder(this.#files.folder).note(path)
		const next = note.ok ? openSite(note.value, signer.key) : null
		if (next?.ok === true) {
			if (next.value.size === tree.size && isSameHash(next.value.root, tree.root)) {
				await this.#show(next.value)
				return ok(undefined)
			}
			return fail(
				'archive-behind',
				`${join(this.#files.folder, siteFile)}: ${path} was signed after it: bring the newest copy of the archive back`,
			)
		}
		if (isCutOff) await this.#completeNext()
		return ok(undefined)
	}

	async #completeNext(): Promise<void> {
		const { tree } = this.#standing
		const before = this.#site
		if (before !== null && before.size === tree.size && isSameHash(before.root, tree.root)) {
			await this.#show(before)
			return
		}
		// The first checkpoint of all is signed when the key is made: nothing was published with it yet.
		if (tree.size === 0) return
		const checksums = await this.#foreign.readBelow(this.#files.folder, [checksumsFile], longestChecksums)
		if (!checksums.ok) throw unreadable(checksums.fault)
		const torrent = await this.#foreign.readBelow(this.#files.folder, torrentFile.split('/'), longestArchived)
		await this.#show({
			publication: (before?.publication ?? -1) + 1,
			...tree.head,
			checksums: sha256(checksums.value.bytes),
			// Written before it was signed, or taken away.
			torrent: torrent.ok ? infoHashOf(torrent.value.bytes) : null,
		})
	}

	/** True where the archive has other words than the centre. They are durable with the rest. */
	async #putWords({ files }: CampaignWords): Promise<boolean> {
		const [before, now] = [this.#wordsDigest, digestOf(files)]
		if (before !== now) await this.#begin()
		for (const [path, content] of files) await this.#covered.put(path, content)
		this.#wordsDigest = now
		return before !== now
	}

	/** The tally of what is shown, before anything is added; null where the archive's own words can't be read. */
	async #countBefore(): Promise<Counting | null> {
		const { archive } = this.#parts
		const before = await readCampaignWords({
			directory: join(archive, keysFolder),
			definitionPath: join(archive, electionFile),
			registerPath: join(archive, archivedRegisterFile),
		})
		if (!before.ok) return null
		this.#wordsDigest = digestOf(before.value.files)
		const counting = this.#newCounting(before.value)
		const added = await counting.tally.update()
		if (!added.ok) return null
		return { ...counting, changes: ChangedTables.of(added.value.tally) }
	}

	/** The one that goes on, or another where definition or register are others. */
	#countingBy(words: CampaignWords): Counting {
		const before = this.#counting
		const isSame =
			before !== null &&
			before.register.sha256 === words.register.sha256 &&
			JSON.stringify(before.election) === JSON.stringify(words.election)
		this.#counting = isSame
			? before
			: { ...this.#newCounting(words), changes: before?.changes ?? new ChangedTables() }
		return this.#counting
	}

	#newCounting({ election, register }: CampaignWords): Counting {
		const { tree } = this.#standing
		const records = new LeafRecords(new LogFolder(this.#files.folder), () => tree.size)
		// Of its own: what it has looked at it does not give again.
		const signers = new FollowedDevices(join(this.#files.folder, keysFolder), registryAlone)
		const tally = new RecordTally({ records, signers, election, register })
		return {
			election,
			register,
			tally,
			changes: new ChangedTables(),
			named: new NamedTables(election, this.#standing.codes),
		}
	}

	/** Tables that are published otherwise than before, among those that are touched. */
	#changesOf(
		{ campaign }: CampaignWords,
		{ changes, named }: Counting,
		tally: Tally,
		leaves: readonly NewLeaf[],
		{ touched, firstNew }: { readonly touched: ReadonlySet<string> | null; readonly firstNew: number },
	): readonly TableChange[] {
		const leavesOf = new Map<string, Why[]>()
		for (const [index, { kind, jws, isText }] of leaves.entries()) {
			for (const table of isText ? named.take(kind, jws) : []) {
				leavesOf.set(table, [...(leavesOf.get(table) ?? []), { leaf: firstNew + index }])
			}
		}
		const { issue } = campaign.said
		return changes.take(tally, touched, (table) => leavesOf.get(table) ?? [{ campaign: issue }])
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
			torrent: this.#site?.torrent ?? null,
		}
	}

	/** The records of before stay, as they are kept beside the key by digest, and are covered. */
	async #knowFeed(): Promise<Result<void, PublisherFault>> {
		const read = await keptRecords(this.#parts.keyFolder)
		if (!read.ok) return fail('unreadable', read.fault.detail)
		const kept = read.value
		const last = this.#site?.publication ?? -1
		if (kept.size > last + 1) {
			return fail(
				'archive-behind',
				`${join(this.#files.folder, siteFile)}: publication no. ${kept.size - 1} was shown, and this is not its note: bring the newest copy of the archive back (${siteOfFile(kept.size - 1)} is the same file)`,
			)
		}
		for (let publication = 0; publication <= last; publication++) {
			const path = feedFile(publication)
			const record = await this.#foreign.readBelow(this.#files.folder, path.split('/'), longestArchived)
			const digest = record.ok ? sha256(record.value.bytes) : ''
			if (!record.ok || (kept.get(publication) ?? digest) !== digest) {
				const why = record.ok ? 'is not the record that was published' : record.fault.detail
				return fail(
					'record-changed',
					`${join(this.#files.folder, path)}: ${why} (SHA-256 ${kept.get(publication) ?? 'not kept'}): bring it back, from a mirror if need be`,
				)
			}
			this.#records[publication] = digest
			this.#covered.cover(path, record.value.bytes)
			this.#publishedMs = Math.max(this.#publishedMs, recordedTimeMs(record.value.bytes))
		}
		return ok(undefined)
	}
}

function digestOf(files: CampaignWords['files']): string {
	const digest = createHash('sha256')
	for (const [path, content] of files) digest.update(path).update(content)
	return digest.digest('hex')
}

/** One process at a time: two would sign two logs. */
async function locked<T>(
	{ archive, keyFolder }: PublisherParts,
	work: () => Promise<Result<T, PublisherFault>>,
): Promise<Result<T, PublisherFault>> {
	return caught(async () => {
		await makeOwnFolder(archive)
		const atKey = await Lock.take(join(keyFolder, 'lock'))
		if (!atKey.ok) return atKey
		try {
			const atArchive = await Lock.takeFolder(archive)
			if (!atArchive.ok) return atArchive
			return await work().finally(() => atArchive.value.release())
		} finally {
			await atKey.value.release()
		}
	})
}

/** A failure of the disk is one wherever it comes from. */
async function caught<T, F extends PublisherFault>(
	work: () => Promise<Result<T, F>>,
): Promise<Result<T, F | PublisherFault>> {
	try {
		return await work()
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('disk-failed', message)
	}
}

function sha256(content: Uint8Array | string): string {
	return createHash('sha256').update(content).digest('hex')
}

function unreadable({ code, detail }: Fault): Error {
	return Object.assign(new Error(detail), { code })
}

function devicesOf(leaves: readonly NewLeaf[]): ReadonlySet<string> {
	return new Set(leaves.flatMap(({ kind, jws }) => (kind === 'entry' || kind === 'head' ? [jws.kid] : [])))
}

function byId(one: NewLeaf, other: NewLeaf): number {
	return Buffer.compare(Buffer.from(one.id, 'base64url'), Buffer.from(other.id, 'base64url'))
}
