/** How bright and how sharp a picture is, for whoever sets up a camera. */
import { ok, type Result } from '../platform/result.ts'
import { decodeGrey, type Grey } from './decode-grey.ts'
import { type PictureFault, sniffMediaType } from './media-type.ts'

export interface PictureMeasure {
	readonly width: number
	readonly height: number
	/** The mean of the picture: 0 is black, 100 white. */
	readonly light: number
	/** From 0; the higher the sharper, for the same sheet in the same light. At most 999. */
	readonly sharpness: number
}

const decodingSeconds = 10

/** Pixels across the middle in which sharpness is measured: where the lens is at its best, and enough. */
const middle = 1_024

export async function measurePicture(bytes: Uint8Array): Promise<Result<PictureMeasure, PictureFault>> {
	const mediaType = sniffMediaType(bytes)
	if (!mediaType.ok) return mediaType
	const decoded = await decodeGrey(bytes, mediaType.value, decodingSeconds)
	if (!decoded.ok) return decoded
	const { width, height } = decoded.value
	const light = Math.round((meanOf(decoded.value.plane) / 255) * 100)
	return ok({ width, height, light, sharpness: Math.min(999, Math.round(sharpnessOf(decoded.value))) })
}

function meanOf(plane: Uint8Array): number {
	let sum = 0
	for (const value of plane) sum += value
	return plane.length === 0 ? 0 : sum / plane.length
}

/** The mean step between a pixel and the second one after it, across and down, in tenths of a grey level. */
function sharpnessOf({ plane, width, height }: Grey): number {
	const [across, down] = [Math.min(width, middle), Math.min(height, middle)]
	const [left, top] = [(width - across) >> 1, (height - down) >> 1]
	let sum = 0
	let count = 0
	for (let y = top; y < top + down - 2; y++) {
		for (let x = left; x < left + across - 2; x++) {
			const here = plane[y * width + x] ?? 0
			const step = Math.abs(here - (plane[y * width + x + 2] ?? 0))
			const drop = Math.abs(here - (plane[(y + 2) * width + x] ?? 0))
			sum += step * step + drop * drop
			count += 2
		}
	}
	return count === 0 ? 0 : Math.sqrt(sum / count) * 10
}
