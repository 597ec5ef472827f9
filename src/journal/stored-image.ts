/** Whether the images that entries name are there, and are what the entries say. */
import { createHash } from 'node:crypto'
import type { Entry, Image } from '../evidence/entry.ts'
import { addressOf } from '../platform/files/durable.ts'
import { openRegular } from '../platform/files/plain-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

/** A file as it should be stored: of a sealed image the sealed bytes. */
export interface StoredImage {
	readonly sha256: string
	/** Bytes. */
	readonly size: number
}

export type StoredImageFault = Fault<'image-missing' | 'image-altered' | 'image-unreadable'>

export function storedImagesOf(entry: Entry): readonly StoredImage[] {
	if (entry.kind !== 'acta') return []
	return entry.images.map(storedImage)
}

export function storedImage({ sealed, size, sha256 }: Image): StoredImage {
	return { size: sealed?.size ?? size, sha256: sealed?.sha256 ?? sha256 }
}

/** Hashes the file in slices; `images` is the folder that holds `ab/<sha256>`. */
export async function checkStoredImage(
	images: string,
	{ sha256, size }: StoredImage,
): Promise<Result<true, StoredImageFault>> {
	try {
		const { handle: file, seen } = await openRegular(addressOf(images, sha256))
		try {
			const { size: found } = seen
			if (found !== size) {
				return fail('image-altered', `image ${sha256} has ${found} bytes, the entry says ${size}`)
			}
			const hash = createHash('sha256')
			for await (const part of file.createReadStream({ autoClose: false })) hash.update(part)
			if (hash.digest('hex') === sha256) return ok(true)
			return fail('image-altered', `image ${sha256} holds other bytes than the entry says`)
		} finally {
			await file.close()
		}
	} catch (error) {
		const { code = 'unknown' } = error as NodeJS.ErrnoException
		if (code === 'ENOENT') return fail('image-missing', `image ${sha256} is not there`)
		return fail('image-unreadable', `image ${sha256} can't be read (${code})`)
	}
}
