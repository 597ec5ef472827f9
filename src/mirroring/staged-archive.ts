/**
 * What a copy of an archive will be: files that have come, over those that it has. Nobody sees them until all was verified;
 * then they are put in their places by rename, in the order in which a publication is written.
 *
 *     <folder>.incoming   comes, and is not verified
 *     <folder>.verified   is verified, and is being put in its place: whoever is cut off goes on with it
 *
 * INVARIANTS
 * - What lies in `.verified` is whole and on the disk. The checkpoint is put last: what is shown is covered.
 * - Both are folders of our own: who may put names beside the copy does not lead us elsewhere by a link.
 */
import { createHash } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type ArchivedFiles, ArchiveFolder, longestArchived } from '../archive/archive-folder.ts'
import { checksumsFile, isPathBelow } from '../archive/checksums.ts'
import {
	campaignFolder,
	checkpointFile,
	checkpointsFolder,
	imageFolder,
	keysFolder,
	latestFeedFile,
	publicationOfFeed,
	siteFile,
} from '../archive/layout.ts'
import { LogFolder } from '../log/log-folder.ts'
import { parseTilePath } from '../log/tile.ts'
import { syncDirectory } from '../platform/files/durable.ts'
import { type ForeignFileFault, ForeignFiles } from '../platform/files/foreign-file.ts'
import { isOwnFolder, makeOwnFolder } from '../platform/files/own-folder.ts'
import type { Fault, Result } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'
import { ArchiveFiles } from '../publishing/archive-files.ts'

/** Names files of the copy that the archive has no more: no archive has a file of such a name. */
const removedFile = '.removed.json'

export class StagedArchive implements ArchivedFiles {
	readonly folder: string
	readonly keys: string
	readonly tiles: LogFolder
	readonly #incoming: string
	readonly #verified: string
	readonly #own: ArchiveFolder
	readonly #came: ArchiveFolder
	readonly #foreign = new ForeignFiles()
	#files: ArchiveFiles
	/** What will be put in its place; an earlier try may have left more. */
	readonly #paths = new Set<string>()

	constructor(folder: string) {
		this.folder = folder
		this.#incoming = `${folder}.incoming`
		this.#verified = `${folder}.verified`
		this.keys = join(this.#incoming, keysFolder)
		this.#own = new ArchiveFolder(folder)
		this.#came = new ArchiveFolder(this.#incoming)
		this.#files = new ArchiveFiles(this.#incoming)
		this.tiles = new LogFolder(folder, {
			readBelow: async (_, names, cap) => {
				const came = await this.#foreign.readBelow(this.#incoming, names, cap)
				const isLacking = !came.ok && came.fault.code === 'file-missing'
				return isLacking ? await this.#foreign.readBelow(folder, names, cap) : came
			},
		})
	}

	/** Nothing is to be put in its place. */
	get isEmpty(): boolean {
		return this.#paths.size === 0
	}

	/** Files and bytes that came. */
	get written(): { readonly files: number; readonly bytes: number } {
		return this.#files.written
	}

	async put(path: string, bytes: Uint8Array | string): Promise<void> {
		await makeOwnFolder(dirname(this.#incoming), basename(this.#incoming))
		await this.#files.put(path, bytes)
		this.#paths.add(path)
	}

	async read(
		path: string,
		cap = longestArchived,
	): Promise<Result<Buffer, ForeignFileFault | Fault<'too-large'>>> {
		const came = await this.#came.read(path, cap)
		return !came.ok && came.fault.code === 'file-missing' ? await this.#own.read(path, cap) : came
	}

	/** Of what the copy shows. */
	async readOwn(path: string): Promise<Result<Buffer, ForeignFileFault | Fault<'too-large'>>> {
		return await this.#own.read(path)
	}

	/** The bytes of the file with this digest, where it has come or is there. */
	async withDigest(path: string, digest: string): Promise<Buffer | null> {
		for (const archive of [this.#came, this.#own]) {
			const bytes = await archive.read(path)
			if (!bytes.ok || createHash('sha256').update(bytes.value).digest('hex') !== digest) continue
			if (archive === this.#came) this.#paths.add(path)
			return bytes.value
		}
		return null
	}

	/** Whether a file that never changes has come already. */
	async hasCome(path: string, cap: number): Promise<boolean> {
		const came = (await this.#came.read(path, cap)).ok
		if (came) this.#paths.add(path)
		return came
	}

	/** All keys lie in one folder: what was not new is copied. */
	async gatherKeys(paths: Iterable<string>): Promise<void> {
		for (const path of paths) {
			if (!path.startsWith(`${keysFolder}/`) || (await this.#came.read(path)).ok) continue
			const own = await this.#own.read(path)
			if (own.ok) await this.put(path, own.value)
		}
	}

	async names(path: string): Promise<readonly string[]> {
		return [...new Set([...(await this.#own.names(path)), ...(await this.#came.names(path))])]
	}

	/** Nothing lies here that was not asked for; what else lies in the copy is its keeper's. */
	async *filesBelow(_: string): AsyncGenerator<string> {}

	/** Throws NotOwnFile where somebody else's, or a link, stands in the place of one of its folders. */
	async refuseForeign(): Promise<void> {
		for (const path of [this.#incoming, this.#verified]) await isOwnFolder(dirname(path), basename(path))
	}

	/** Nothing that has come is trusted. */
	async clear(): Promise<void> {
		await rm(this.#incoming, { recursive: true, force: true })
		this.#paths.clear()
		this.#files = new ArchiveFiles(this.#incoming)
	}

	/** Everything is verified: it is shown, and `removed` goes. */
	async commit(removed: readonly string[]): Promise<void> {
		await this.refuseForeign()
		for await (const path of this.#came.filesBelow('')) {
			if (!this.#paths.has(path)) await rm(join(this.#incoming, path), { force: true })
		}
		await this.#files.put(removedFile, JSON.stringify(removed))
		await this.#files.sync()
		await rename(this.#incoming, this.#verified)
		await syncDirectory(dirname(this.#verified))
		this.#paths.clear()
		this.#files = new ArchiveFiles(this.#incoming)
		await this.finish()
	}

	/** Puts in its place what was verified, by this run or one that was cut off; false where there is nothing. */
	async finish(): Promise<boolean> {
		await this.refuseForeign()
		const verified = new ArchiveFolder(this.#verified)
		const removed = await verified.read(removedFile)
		const paths: string[] = []
		for await (const path of verified.filesBelow('')) if (path !== removedFile) paths.push(path)
		if (!removed.ok && paths.length === 0) return false
		const copy = new ArchiveFiles(this.folder)
		await makeOwnFolder(this.folder)
		const last = [siteFile, latestFeedFile, checkpointFile]
		const first = paths.filter((path) => !last.includes(path)).sort(byWriteOrder)
		for (const path of first) await this.#place(path)
		for (const path of removed.ok ? removedIn(removed.value) : []) await copy.remove(path)
		for (const path of last.filter((one) => paths.includes(one))) await this.#place(path)
		// What a power cut undoes lies in `.verified` again, as long as that is there.
		await copy.sync()
		await rm(this.#verified, { recursive: true, force: true })
		return true
	}

	async #place(path: string): Promise<void> {
		const folders = path.split('/').slice(0, -1)
		await makeOwnFolder(this.folder, ...folders)
		await rename(join(this.#verified, path), join(this.folder, path))
	}
}

function removedIn(bytes: Buffer): readonly string[] {
	const json = parseJson(bytes)
	const paths: unknown = json.ok ? json.value : []
	return Array.isArray(paths) ? paths.filter((path) => typeof path === 'string' && isPathBelow(path)) : []
}

/**
 * Records by number, the next one first: who copies meanwhile knows by it that more is to come. Then keys, campaign, images,
 * tiles, pages and data, what lists them, the notes of before.
 */
function byWriteOrder(one: string, other: string): number {
	const [first, second] = [one, other].map((path) => publicationOfFeed(path) ?? 0) as [number, number]
	return rank(one) - rank(other) || first - second || (one < other ? -1 : 1)
}

function rank(path: string): number {
	const [top = ''] = path.split('/')
	if (publicationOfFeed(path) !== null) return 0
	if (parseTilePath(path).ok) return 4
	if (path === checksumsFile) return 6
	const ranks: Readonly<Record<string, number>> = {
		...{ [keysFolder]: 1, [campaignFolder]: 2, [imageFolder]: 3, [checkpointsFolder]: 7, sites: 7 },
	}
	return ranks[top] ?? 5
}
