import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import { endOfJpeg } from '#src/capture/libcamera/jpeg.js'
import { MjpegCutter } from '#src/capture/libcamera/mjpeg.js'

let plain: Buffer
let pictures: readonly Buffer[]
beforeAll(async () => {
	const noise = Buffer.from(Array.from({ length: 48 * 32 }, (_, at) => (at * 73 * (at % 11)) % 256))
	const picture = sharp(noise, { raw: { width: 48, height: 32, channels: 1 } })
	plain = await picture.clone().jpeg({ quality: 95 }).toBuffer()
	// Several scans; and one with a thumbnail, whose own end comes before the picture's.
	const progressive = await picture.clone().jpeg({ progressive: true }).toBuffer()
	const length = plain.length + 2
	const application = Buffer.from([0xff, 0xe1, length >> 8, length & 0xff])
	const thumbnailed = Buffer.concat([plain.subarray(0, 2), application, plain, plain.subarray(2)])
	pictures = [plain, progressive, thumbnailed]
})

test('a picture ends where it ends, and no shorter part of it is one', () => {
	for (const picture of pictures) {
		expect(endOfJpeg(Buffer.concat([picture, plain]))).toBe(picture.length)
		for (let length = 0; length < picture.length; length++) {
			expect(endOfJpeg(picture.subarray(0, length))).toBe('unfinished')
		}
	}
})

test('what is no JPEG is broken', () => {
	expect(endOfJpeg(Buffer.from('89504e470d0a1a0a', 'hex'))).toBe('broken')
	expect(endOfJpeg(Buffer.from('ffd8ffd8ffd9', 'hex'))).toBe('broken')
	expect(endOfJpeg(Buffer.from('ffd8ffe00001', 'hex'))).toBe('broken')
	expect(endOfJpeg(Buffer.from('ffd80000', 'hex'))).toBe('broken')
})

test('any bytes have an answer, and an end lies within them', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
			const end = endOfJpeg(Uint8Array.from([0xff, 0xd8, 0xff, ...bytes]))
			if (typeof end === 'number') expect(end).toBeLessThanOrEqual(bytes.length + 3)
		}),
	)
})

/** What a cutter gives for `stream` in pieces of those lengths, over and over. */
function cut(stream: Buffer, lengths: readonly number[], largest = 1 << 20): Buffer[] {
	const found: Buffer[] = []
	const cutter = new MjpegCutter(largest, (jpeg) => found.push(jpeg))
	let at = 0
	for (let piece = 0; at < stream.length; piece++) {
		const end = at + (lengths[piece % lengths.length] ?? 1)
		cutter.take(stream.subarray(at, end))
		at = end
	}
	return found
}

test('a stream is cut into its pictures, however it comes, with rubbish before and between', () => {
	const rubbish = Buffer.from('00ff00d8ffd8ffd8ff4242ff', 'hex')
	const stream = Buffer.concat([rubbish, ...pictures, rubbish, plain, plain])
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 }), (lengths) => {
			expect(cut(stream, lengths)).toEqual([...pictures, plain, plain])
		}),
		{ numRuns: 50 },
	)
})

test('a picture over the cap is dropped, and the ones after it are not', () => {
	const endless = Buffer.concat([
		plain.subarray(0, plain.length - 2),
		Buffer.alloc(10_000, 7),
		plain.subarray(-2),
	])
	for (const piece of [1, 100, 100_000]) {
		expect(cut(Buffer.concat([plain, endless, plain]), [piece], plain.length)).toEqual([plain, plain])
	}
})
