/** Pictures decoded to one plane of grey, a byte a pixel, the cheapest way that reads as well. */
import sharp, { type Sharp } from 'sharp'
import { fail, ok, type Result } from '../platform/result.ts'
import type { MediaType, PictureFault } from './media-type.ts'

/** A picture decoded to one plane of grey, a byte a pixel. */
export interface Grey {
	/** Row by row from the top left, without gaps. */
	readonly plane: Uint8Array
	readonly width: number
	readonly height: number
}

/** Most pixels of a picture: over it a decoded picture would crowd a kiosk's memory. */
export const mostPixels = 50_000_000

/**
 * The size as the header claims it, then the pixels. `seconds` ends a decoding that takes too long: a thread
 * can be ended at any time, but libvips's work in it only this way.
 */
export async function decodeGrey(
	bytes: Uint8Array,
	mediaType: MediaType,
	seconds: number,
): Promise<Result<Grey, PictureFault>> {
	const kind = mediaType.slice('image/'.length).toUpperCase()
	const damaged = fail(
		'damaged',
		`the ${kind} is damaged or cut short: scan or photograph the acta again, or copy the file again`,
	)
	const header = await sharp(bytes, { limitInputPixels: false })
		.metadata()
		.catch(() => null)
	// The decoder looks at the bytes for itself: hold it to what was allowed.
	if (header === null || header.format !== mediaType.slice('image/'.length)) return damaged
	const { width, height, channels, hasAlpha } = header
	if (width * height > mostPixels) {
		return fail(
			'too-many-pixels',
			`the picture is ${width} by ${height}: over ${mostPixels / 1e6} million pixels; set the scanner to less`,
		)
	}
	try {
		// 'error' passes over warnings about text and profiles, but not over missing rows.
		let picture: Sharp = sharp(bytes, { failOn: 'error', limitInputPixels: mostPixels, ignoreIcc: true })
		picture = picture.timeout({ seconds })
		// A code drawn in black on nothing is black on black until paper is laid under it.
		if (hasAlpha) picture = picture.flatten({ background: '#ffffff' })
		// The green channel is a third of the work of true grey and reads as well: thermal print is black.
		picture = channels >= 3 ? picture.extractChannel('green') : picture.toColourspace('b-w')
		const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true })
		if (data.length !== info.width * info.height) throw new Error(`${info.channels} channels for one`)
		return ok({ plane: data, width: info.width, height: info.height })
	} catch (error) {
		if (error instanceof Error && error.message.startsWith('timeout')) {
			return fail('timed-out', `decoding the ${kind} took over ${seconds} s`)
		}
		return damaged
	}
}
