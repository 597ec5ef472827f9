/**
 * The files that `SHA256SUMS` covers. What is put is held against what lies there, once in the life of a process; what is
 * as it should be is not written again, and what was damaged or deleted is.
 */
import { createHash } from 'node:crypto'
import { ArchiveFolder } from '../archive/archive-folder.ts'
import { type Checksums, checksumFiles, checksumsFile, folderNaming } from '../archive/checksums.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'
import type { ArchiveFiles } from './archive-files.ts'

export class CoveredFiles {
	readonly #files: ArchiveFiles
	readonly #foreign = new ForeignFiles()
	/** By path, of what this process has found or put. */
	readonly #digests = new Map<string, string>()
	/** The same of the `SHA256SUMS`, which are not covered but by one another. */
	readonly #ofChecksums = new Map<string, string>()

	constructor(files: ArchiveFiles) {
		this.#files = files
	}

	async put(path: string, content: Uint8Array | string): Promise<void> {
		await this.#put(path, content, this.#digests)
	}

	/** Covers a file that lies there as it is. */
	cover(path: string, content: Uint8Array): void {
		this.#digests.set(path, sha256(content))
	}

	/** Below a folder only these stay: what an earlier register had is listed by nobody, and would be a fault. */
	async keepOnly(folder: string, kept: ReadonlySet<string>): Promise<void> {
		const listing = new Set([...kept].map((path) => checksumsIn(folderNaming(path))))
		for await (const path of new ArchiveFolder(this.#files.folder).filesBelow(folder)) {
			if (kept.has(path) || listing.has(path) || path === checksumsIn(folder)) continue
			await this.#files.remove(path)
			for (const digests of [this.#digests, this.#ofChecksums]) digests.delete(path)
		}
	}

	/** Writes every `SHA256SUMS`; gives the digest of the one at the top. */
	async putChecksums(): Promise<string> {
		for (const [path, text] of checksumFiles(this.#digests)) await this.#put(path, text, this.#ofChecksums)
		return this.#ofChecksums.get(checksumsFile) ?? ''
	}

	/** Of all that is covered, and of every `SHA256SUMS` as it was put last. */
	digests(): Checksums {
		return new Map([...this.#digests, ...this.#ofChecksums])
	}

	async #put(path: string, content: Uint8Array | string, digests: Map<string, string>): Promise<void> {
		const digest = sha256(content)
		if (digests.get(path) === digest) return
		const cap = Buffer.byteLength(content)
		const there = digests.has(path)
			? null
			: await this.#foreign.readBelow(this.#files.folder, path.split('/'), cap)
		if (there?.ok !== true || sha256(there.value.bytes) !== digest) await this.#files.put(path, content)
		digests.set(path, digest)
	}
}

function checksumsIn(folder: string): string {
	return `${folder}/${checksumsFile}`
}

function sha256(content: Uint8Array | string): string {
	return createHash('sha256').update(content).digest('hex')
}
