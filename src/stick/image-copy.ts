/**
 * Copies images to the stick, each under its digest, and reads each back.
 *
 * They are written under their own names, not renamed when whole: a stick pulled during a rename can be left,
 * on FAT, with two names for the same clusters, and removing one of them then harms what bears the other. So
 * a name may stand for half an image. Whoever reads it sees that by its size or digest, the next run first of all.
 */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { imagesDirectory } from '../journal/journal.ts'
import type { StoredImage } from '../journal/stored-image.ts'
import { addressOf, writeSlices } from '../platform/files/durable.ts'
import { forgetTime } from '../platform/files/forget-times.ts'
import { NotOwnFile } from '../platform/files/own-file.ts'
import { isOwnFolder } from '../platform/files/own-folder.ts'
import { openPlain } from '../platform/files/plain-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { NameFault, StickFolder } from './folder.ts'
import { digestBack, type ReadFrom } from './read-back.ts'

export interface CopiedImage {
	/** Bytes written; 0 when the image was there. */
	readonly written: number
	readonly from: ReadFrom
}

/**
 * `image-missing`, `image-altered`, `image-unreadable`: the journal has it not, or not as the entry says.
 * `not-read-back`: the stick does not give what was written.
 */
export type ImageCopyFault =
	| NameFault
	| Fault<'image-missing' | 'image-altered' | 'image-unreadable' | 'not-read-back'>

/** `images` is the folder on the stick. Throws when the stick fails. */
export async function copyImage(
	journal: string,
	images: StickFolder,
	image: StoredImage,
): Promise<Result<CopiedImage, ImageCopyFault>> {
	const folder = await images.folder(image.sha256.slice(0, 2), { make: true })
	if (!folder.ok) return folder
	try {
		const there = await standsThere(folder.value, image)
		if (!there.ok) return there
		if (there.value !== null) return ok({ written: 0, from: there.value })
		return await write(journal, folder.value, image)
	} finally {
		await folder.value.close()
	}
}

/** From where it was read; null when it is not there or not this image. */
async function standsThere(
	folder: StickFolder,
	{ sha256, size }: StoredImage,
): Promise<Result<ReadFrom | null, NameFault>> {
	const file = await folder.file(sha256)
	if (!file.ok) return file.fault.code === 'missing' ? ok(null) : file
	await file.value.handle.close()
	// Another size is another file, and may be far too large to read.
	if (file.value.size !== size) return ok(null)
	const digest = await digestBack(folder, sha256)
	if (!digest.ok) return digest
	return ok(digest.value.sha256 === sha256 ? digest.value.from : null)
}

async function write(
	journal: string,
	folder: StickFolder,
	image: StoredImage,
): Promise<Result<CopiedImage, ImageCopyFault>> {
	const source = await openSource(journal, image)
	if (!source.ok) return source
	try {
		const created = await folder.create(image.sha256)
		if (!created.ok) return created
		const copied = await copyBytes(source.value, created.value, image)
		if (!copied.ok) {
			await folder.remove(image.sha256)
			return copied
		}
	} catch (error) {
		// A full stick has room again for something smaller; one that is gone fails here too.
		await folder.remove(image.sha256).catch(() => {})
		throw error
	} finally {
		await source.value.close()
	}
	const back = await standsThere(folder, image)
	if (!back.ok) return back
	if (back.value !== null) return ok({ written: image.size, from: back.value })
	await folder.remove(image.sha256)
	return fail('not-read-back', `the stick gives other bytes than were written for image ${image.sha256}`)
}

async function openSource(
	journal: string,
	{ sha256 }: StoredImage,
): Promise<Result<FileHandle, Fault<'image-missing' | 'image-unreadable'>>> {
	try {
		await isOwnFolder(journal, imagesDirectory, sha256.slice(0, 2))
		const opened = await openPlain(addressOf(join(journal, imagesDirectory), sha256))
		if (opened.ok) return ok(opened.value.handle)
		if (opened.fault.code === 'missing') return fail('image-missing', `the journal has no image ${sha256}`)
		return fail('image-unreadable', `image ${sha256} of the journal: ${opened.fault.detail}`)
	} catch (error) {
		if (error instanceof NotOwnFile) return fail('image-unreadable', error.message)
		const { code = 'unknown' } = error as NodeJS.ErrnoException
		return fail('image-unreadable', `image ${sha256} of the journal can't be read (${code})`)
	}
}

const block = 1 << 18

/** Copies, hashes, syncs and closes. */
async function copyBytes(
	from: FileHandle,
	to: FileHandle,
	{ sha256, size }: StoredImage,
): Promise<Result<true, Fault<'image-altered' | 'image-unreadable'>>> {
	try {
		const hash = createHash('sha256')
		const buffer = Buffer.alloc(block)
		let copied = 0
		while (copied <= size) {
			// A fault of the journal's own disk is none of the stick's.
			const bytesRead = await from.read(buffer, 0, block, null).then(
				(read) => read.bytesRead,
				() => null,
			)
			if (bytesRead === null) return fail('image-unreadable', `image ${sha256} of the journal can't be read`)
			if (bytesRead === 0) break
			await writeSlices(to, buffer.subarray(0, bytesRead), copied, (part) => hash.update(part))
			copied += bytesRead
		}
		if (copied !== size || hash.digest('hex') !== sha256) {
			return fail('image-altered', `image ${sha256} of the journal holds other bytes than its entry says`)
		}
		await forgetTime(to)
		await to.sync()
		return ok(true)
	} finally {
		await to.close()
	}
}
