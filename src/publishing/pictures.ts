/**
 * Pictures that everybody may see: JPEGs without notes that leaves name with the role `public`, not sealed, and nothing that
 * the centre holds names otherwise. Whoever makes one kiosk lie can name another's whole paper as public; nobody shows it for that.
 */
import { createHash } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchiveFolder } from '../archive/archive-folder.ts'
import { withdrawnPictures } from '../archive/check/pictures-audit.ts'
import { pictureFile } from '../archive/layout.ts'
import { PublicPictures } from '../archive/public-pictures.ts'
import { Entry, publicRole } from '../evidence/entry.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { addressOf } from '../platform/files/durable.ts'
import { type CentreRecords, firstPosition } from '../records/centre-records.ts'
import type { ArchiveFiles } from './archive-files.ts'
import { isBareJpeg } from './bare-jpeg.ts'

/** Bytes of one that is published. */
const longestPicture = 64 * 1024 * 1024

interface PicturesParts {
	/** The centre's. */
	readonly directory: string
	readonly files: ArchiveFiles
	/** Those of the log. */
	readonly leaves: CentreRecords
}

export class Pictures {
	readonly #images: string
	readonly #files: ArchiveFiles
	readonly #leaves: CentreRecords
	readonly #public = new PublicPictures()
	/** Digests of what is named sealed, or in another role. */
	readonly #private = new Set<string>()
	/** Digests of what lies in the archive. */
	readonly #put = new Set<string>()
	#position = firstPosition

	constructor({ directory, files, leaves }: PicturesParts) {
		this.#images = join(directory, 'images')
		this.#files = files
		this.#leaves = leaves
	}

	/** What an entry says that the centre holds, published or not, in the closed grammar or not. */
	note(payload: unknown): void {
		const { images } = (payload ?? {}) as { readonly images?: unknown }
		for (const image of Array.isArray(images) ? images : []) {
			const { role, sha256, sealed } = (image ?? {}) as Readonly<Record<string, unknown>>
			if (role === publicRole && sealed === undefined) continue
			const { sha256: ofSealed } = (sealed ?? {}) as { readonly sha256?: unknown }
			for (const digest of [sha256, ofSealed]) if (typeof digest === 'string') this.#private.add(digest)
		}
	}

	/** Copies what has come of what leaves name, and takes back what is named otherwise by now. */
	async put(): Promise<void> {
		for await (const { records, next } of this.#leaves.read(this.#position)) {
			for (const { kind, jws } of records) {
				if (kind !== 'entry') continue
				this.note(jws.payload)
				const read = Entry.safeParse(jws.payload)
				if (read.success) this.#public.note(read.data)
			}
			this.#position = next
		}
		const withdrawn = await withdrawnPictures(new ArchiveFolder(this.#files.folder))
		for (const sha256 of this.#public.named().keys()) {
			const path = pictureFile(sha256)
			if (this.#private.has(sha256)) await this.#takeBack(sha256, path)
			else if (!this.#put.has(sha256) && !withdrawn.has(sha256)) await this.#copy(sha256, path)
		}
	}

	async #copy(sha256: string, path: string): Promise<void> {
		if (!(await this.#isThere(path))) {
			const bytes = await readCapped(addressOf(this.#images, sha256), longestPicture)
			if (!bytes.ok || createHash('sha256').update(bytes.value).digest('hex') !== sha256) return
			// Whatever is in it is public for ever.
			if (!isBareJpeg(bytes.value)) return
			await this.#files.put(path, bytes.value)
		}
		this.#put.add(sha256)
	}

	async #takeBack(sha256: string, path: string): Promise<void> {
		if (await this.#isThere(path)) await this.#files.remove(path)
		this.#put.delete(sha256)
	}

	async #isThere(path: string): Promise<boolean> {
		return (await lstat(join(this.#files.folder, path)).catch(() => null)) !== null
	}
}
