/** Turns a frame into files of the journal, and says what the entry has to say of them. */
import type { Frame } from '../../capture/camera.ts'
import { type Image, publicRole } from '../../evidence/entry.ts'
import { diskFault } from '../../journal/disk-fault.ts'
import type { ImageFiles } from '../../journal/image-files.ts'
import { type StoredImage, storedImage } from '../../journal/stored-image.ts'
import type { Device } from '../../panel/status.ts'
import { type Fault, ok, type Result } from '../../platform/result.ts'
import { type MediaType, sniffMediaType } from '../../reading/media-type.ts'
import type { Sealer } from '../../sealing/sealer.ts'
import type { Crop } from '../config/device-config.ts'
import { cropOf } from './public-crop.ts'

/** A failure, and which part of the kiosk a technician should look at. */
export interface ImageStorageFault extends Fault {
	readonly device: Device | 'storage'
}

export interface ImageStorage {
	/** What resolves as ok is on the disk: one file, or more. The same frame again is not stored twice. */
	store(frame: Frame): Promise<Result<readonly Image[], ImageStorageFault>>
}

/** Where nothing is photographed. */
export const noImageStorage: ImageStorage = {
	store: async () => ({
		ok: false,
		fault: { code: 'no-images', detail: 'no images are kept here', device: 'camera' },
	}),
}

/** The journal's own: another one after the disk was. */
type Images = () => ImageFiles

/** As they come, for everybody who gets hold of the disk. */
export class PlainImageStorage implements ImageStorage {
	readonly #images: Images

	constructor(images: Images) {
		this.#images = images
	}

	async store(frame: Frame): Promise<Result<readonly Image[], ImageStorageFault>> {
		const mediaType = mediaTypeOf(frame)
		if (!mediaType.ok) return mediaType
		return await onDisk(async () => {
			const { sha256, size } = await this.#images().put(frame.bytes)
			return ok([{ role: frame.role, mediaType: mediaType.value, size, sha256 }])
		})
	}
}

export interface SealedImageStorageParts {
	readonly images: Images
	readonly sealer: Pick<Sealer, 'seal'>
	/** What of the pictures of a role everybody may see; by default nothing. */
	readonly publicCrop: Readonly<Partial<Record<string, Crop>>>
	/** Called when that could not be had: the acta is recorded all the same. */
	readonly onTrouble: (fault: Fault) => void
}

/** Sealed to the custodians, and nothing plain but what a setting gives to the public. */
export class SealedImageStorage implements ImageStorage {
	readonly #parts: SealedImageStorageParts
	/** Sealed twice, a picture makes two files: whoever asks again, also meanwhile, is given the first. */
	readonly #kept = new WeakMap<Frame, ReturnType<ImageStorage['store']>>()

	constructor(parts: SealedImageStorageParts) {
		this.#parts = parts
	}

	store(frame: Frame): ReturnType<ImageStorage['store']> {
		const earlier = this.#kept.get(frame)
		const kept = earlier === undefined ? this.#keep(frame) : this.#keepAgain(frame, earlier)
		this.#kept.set(frame, kept)
		return kept
	}

	async #keepAgain(
		frame: Frame,
		earlier: ReturnType<ImageStorage['store']>,
	): ReturnType<ImageStorage['store']> {
		const before = await earlier
		const isThere = before.ok && (await this.#areThere(before.value.map(storedImage)))
		return isThere ? before : await this.#keep(frame)
	}

	async #keep(frame: Frame): Promise<Result<readonly Image[], ImageStorageFault>> {
		const mediaType = mediaTypeOf(frame)
		if (!mediaType.ok) return mediaType
		return await onDisk(async () => {
			const sealed = await this.#seal(frame, mediaType.value)
			if (!sealed.ok) return sealed
			return ok([sealed.value, ...(await this.#publish(frame))])
		})
	}

	async #seal({ role, bytes }: Frame, mediaType: MediaType): Promise<Result<Image, ImageStorageFault>> {
		const { images, sealer } = this.#parts
		const done = await sealer.seal(bytes, (sealed) => images().put(sealed))
		if (!done.ok) return { ok: false, fault: { ...done.fault, device: 'key' } }
		const { plain, sealed } = done.value
		return ok({ role, mediaType, ...plain, sealed: { format: 'age-v1', ...sealed } })
	}

	/** What of it everybody may see. */
	async #publish({ role, bytes }: Frame): Promise<readonly Image[]> {
		const { images, publicCrop, onTrouble } = this.#parts
		const crop = publicCrop[role]
		if (crop === undefined) return []
		const cut = await cropOf(bytes, crop)
		if (!cut.ok) {
			onTrouble(cut.fault)
			return []
		}
		const { sha256, size } = await images().put(cut.value)
		return [{ role: publicRole, mediaType: 'image/jpeg', size, sha256 }]
	}

	async #areThere(files: readonly StoredImage[]): Promise<boolean> {
		const there = await Promise.all(files.map(({ sha256 }) => this.#parts.images().has(sha256)))
		return there.every((is) => is)
	}
}

function mediaTypeOf({ bytes, origin }: Frame): Result<MediaType, ImageStorageFault> {
	const sniffed = sniffMediaType(bytes)
	if (sniffed.ok) return sniffed
	const { code, detail } = sniffed.fault
	return { ok: false, fault: { code, detail: `${origin}: ${detail}`, device: 'camera' } }
}

async function onDisk<T>(
	store: () => Promise<Result<T, ImageStorageFault>>,
): Promise<Result<T, ImageStorageFault>> {
	try {
		return await store()
	} catch (error) {
		return { ok: false, fault: { ...diskFault(error, "can't keep an image"), device: 'storage' } }
	}
}
