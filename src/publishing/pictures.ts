/** Pictures that everybody may see: those that entries name with the role `public`, and no other entry in another role. */
import { join } from 'node:path'
import { imageFolder } from '../archive/layout.ts'
import { Entry, publicRole } from '../evidence/entry.ts'
import type { Jws } from '../evidence/jws.ts'
import { checkStoredImage, type StoredImage } from '../journal/stored-image.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { addressOf } from '../platform/files/durable.ts'
import type { ArchiveFiles } from './archive-files.ts'

/** Bytes of one that is published. */
const longestPicture = 64 * 1024 * 1024

export class Pictures {
	readonly #images: string
	readonly #files: ArchiveFiles
	/** Named so far and not here yet, by digest. */
	readonly #lacking = new Map<string, StoredImage>()

	/** `directory` is the centre's. */
	constructor(directory: string, files: ArchiveFiles) {
		this.#images = join(directory, 'images')
		this.#files = files
	}

	/** Copies what has come of what these entries and those before name. */
	async put(leaves: readonly { readonly jws: Jws; readonly isText: boolean }[]): Promise<void> {
		for (const { jws, isText } of leaves) {
			const read = isText ? Entry.safeParse(jws.payload) : null
			if (read?.success !== true || read.data.kind !== 'acta') continue
			for (const { role, sha256, size, sealed } of read.data.images) {
				if (role === publicRole && sealed === undefined) this.#lacking.set(sha256, { sha256, size })
			}
		}
		for (const [sha256, image] of this.#lacking) {
			if (!(await checkStoredImage(this.#images, image)).ok) continue
			const bytes = await readCapped(addressOf(this.#images, sha256), longestPicture)
			if (!bytes.ok) continue
			await this.#files.put(`${imageFolder}/${sha256.slice(0, 2)}/${sha256}`, bytes.value)
			this.#lacking.delete(sha256)
		}
	}
}
