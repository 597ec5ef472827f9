/** Where the plain pictures of entries are: with the centre, as public ones, or in a folder where custodians unsealed them. */
import { createHash } from 'node:crypto'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Image } from '../../evidence/entry.ts'
import { addressOf } from '../../platform/files/durable.ts'
import { ForeignFiles } from '../../platform/files/foreign-file.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { largestFrameBytes } from '../../protocol/limits.ts'
import { decodeGrey } from '../../reading/decode-grey.ts'
import { type MediaType, sniffMediaType } from '../../reading/media-type.ts'
import { type Likeness, likenessOf } from './likeness.ts'

/** As `testigo unseal` names them: the end is the plain digest, or its beginning. */
const unsealedName = /(?:^|-)([0-9a-f]{12})(?:[0-9a-f]{52})?\.(?:jpg|png|webp|tif)$/

/** The most names that are looked at: all pictures of an election. */
const mostNames = 500_000

/** Seconds: for 50 megapixels on a small machine. */
const decodingSeconds = 30

export interface FoundPicture {
	readonly bytes: Uint8Array
	readonly mediaType: MediaType
	readonly likeness: Likeness
}

/**
 * `picture-missing`: nowhere; what is sealed has to be unsealed first. `picture-altered`: not the bytes that the entry names.
 * Others: no picture that is drawn, whatever was signed.
 */
export type FoundFault = Fault

export class PictureSources {
	readonly #images: string
	readonly #files = new ForeignFiles()
	/** By the first twelve digits of the plain digest. */
	readonly #unsealed: ReadonlyMap<string, readonly string[]>

	private constructor(images: string, unsealed: ReadonlyMap<string, readonly string[]>) {
		this.#images = images
		this.#unsealed = unsealed
	}

	/** `images`: the centre's folder of them; `unsealed`: null where none was named. Rejects when a folder can't be read. */
	static async open(images: string, unsealed: string | null): Promise<PictureSources> {
		const paths = new Map<string, string[]>()
		let names = 0
		for await (const { name } of unsealed === null ? [] : await opendir(unsealed)) {
			if (++names > mostNames) break
			const [, digits] = unsealedName.exec(name) ?? []
			if (digits === undefined || unsealed === null) continue
			paths.set(digits, [...(paths.get(digits) ?? []), join(unsealed, name)])
		}
		return new PictureSources(images, paths)
	}

	/** The plain picture, drawn once to see that it can be. */
	async find(image: Image): Promise<Result<FoundPicture, FoundFault>> {
		const { sha256, size, sealed } = image
		if (size > largestFrameBytes) return fail('too-large', `a picture of ${size} bytes`)
		const places =
			sealed === undefined
				? [addressOf(this.#images, sha256)]
				: (this.#unsealed.get(sha256.slice(0, 12)) ?? [])
		let wrong: FoundFault | null = null
		for (const path of places) {
			const read = await this.#files.read(path, size)
			if (!read.ok) {
				if (read.fault.code !== 'file-missing') wrong = read.fault
				continue
			}
			const { bytes } = read.value
			if (bytes.length === size && createHash('sha256').update(bytes).digest('hex') === sha256) {
				return drawn(bytes)
			}
			wrong = { code: 'picture-altered', detail: `${path}: not the picture that was signed` }
		}
		if (wrong !== null) return { ok: false, fault: wrong }
		return fail('picture-missing', sealed === undefined ? 'the centre lacks it' : 'it is sealed')
	}
}

async function drawn(bytes: Uint8Array): Promise<Result<FoundPicture, FoundFault>> {
	const mediaType = sniffMediaType(bytes)
	if (!mediaType.ok) return mediaType
	const grey = await decodeGrey(bytes, mediaType.value, decodingSeconds)
	if (!grey.ok) return grey
	return ok({ bytes, mediaType: mediaType.value, likeness: await likenessOf(grey.value) })
}
