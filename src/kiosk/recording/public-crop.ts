/** The part of a picture that may be shown to everybody, where a setting asks for it. */
import sharp from 'sharp'
import { fail, ok, type Result } from '../../platform/result.ts'
import { mostPixels } from '../../reading/decode-grey.ts'
import type { Crop } from '../config/device-config.ts'

/** Seconds after which libvips gives a picture up. */
const seconds = 20

/** A JPEG of that part as a person sees it, and of nothing else: no thumbnail, no maker's notes. */
export async function cropOf(bytes: Uint8Array, crop: Crop): Promise<Result<Uint8Array>> {
	try {
		const picture = sharp(bytes, { failOn: 'error', limitInputPixels: mostPixels }).timeout({ seconds })
		const { autoOrient } = await picture.metadata()
		const left = Math.floor(crop.x * autoOrient.width)
		const top = Math.floor(crop.y * autoOrient.height)
		const width = Math.max(1, Math.min(autoOrient.width - left, Math.floor(crop.width * autoOrient.width)))
		const height = Math.max(1, Math.min(autoOrient.height - top, Math.floor(crop.height * autoOrient.height)))
		return ok(
			await picture
				.autoOrient()
				.extract({ left, top, width, height })
				.flatten({ background: '#ffffff' })
				.jpeg({ quality: 80 })
				.toBuffer(),
		)
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error)
		return fail('no-crop', `no public part could be cut out of the picture (${why.split('\n')[0]})`)
	}
}
