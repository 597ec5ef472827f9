/**
 * Pictures of a queue, for the page: by digest, and only those that the queue names. What the file holds is hashed each
 * time that a paper is begun, so that nobody reads another picture than the one of which the answer is signed.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import sharp from 'sharp'
import { addressOf } from '../../platform/files/durable.ts'
import { ForeignFiles } from '../../platform/files/foreign-file.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { mostPixels } from '../../reading/decode-grey.ts'
import { type Paper, type Picture, picturesDirectory } from '../queue/queue.ts'

export interface ShownPicture {
	readonly mediaType: string
	readonly bytes: Uint8Array
}

/**
 * `picture-missing` also of one that can't be read; `picture-altered`: not the bytes that were signed. `no-answer`: the
 * disk is slow, and another time it may be there.
 */
export type PictureFault = Fault<'picture-missing' | 'picture-altered' | 'picture-undrawable' | 'no-answer'>

export class QueuePictures {
	readonly #directory: string
	readonly #files: ForeignFiles
	/** Of the paper that is being read, by digest. */
	#held: ReadonlyMap<string, ShownPicture> = new Map()

	/** `directory`: the queue's. */
	constructor(directory: string, files = new ForeignFiles()) {
		this.#files = files
		this.#directory = join(directory, picturesDirectory)
	}

	/** Takes up the pictures of a paper, and lets go of those before. */
	async hold(paper: Paper): Promise<Result<true, PictureFault>> {
		if (paper.pictures.every(({ sha256 }) => this.#held.has(sha256))) return ok(true)
		const held = new Map<string, ShownPicture>()
		for (const picture of paper.pictures) {
			const read = await this.#read(picture)
			if (!read.ok) return read
			held.set(picture.sha256, read.value)
		}
		this.#held = held
		return ok(true)
	}

	/** Undefined for any that is not of the paper at hand. */
	get(sha256: string): ShownPicture | undefined {
		return this.#held.get(sha256)
	}

	async #read({ sha256, size, mediaType }: Picture): Promise<Result<ShownPicture, PictureFault>> {
		const path = addressOf(this.#directory, sha256)
		const read = await this.#files.read(path, size)
		if (!read.ok && read.fault.code !== 'too-large') {
			const { code, detail } = read.fault
			return fail(code === 'no-answer' ? code : 'picture-missing', detail)
		}
		const bytes = read.ok ? read.value.bytes : Buffer.alloc(0)
		if (bytes.length !== size || createHash('sha256').update(bytes).digest('hex') !== sha256) {
			return fail('picture-altered', `${path}: holds other bytes than its name says`)
		}
		if (mediaType !== 'image/tiff') return ok({ mediaType, bytes })
		// No browser draws one.
		const png = await sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error' })
			.png({ compressionLevel: 1 })
			.toBuffer()
			.catch((error: Error) => error)
		if (png instanceof Error) return fail('picture-undrawable', `${path}: ${png.message}`)
		return ok({ mediaType: 'image/png', bytes: png })
	}
}
