import sharp, { type JpegOptions } from 'sharp'
import { expect, test } from 'vitest'
import { isBareJpeg } from '#src/publishing/bare-jpeg.js'

const drawn = sharp({
	create: {
		width: 90,
		height: 60,
		channels: 3,
		background: '#888',
		noise: { type: 'gaussian', mean: 128, sigma: 60 },
	},
})
const jpeg = (options: JpegOptions = {}) => drawn.clone().jpeg(options).toBuffer()

test('a JPEG is bare as sharp writes it, also progressive', async () => {
	expect(isBareJpeg(await jpeg())).toBe(true)
	expect(isBareJpeg(await jpeg({ progressive: true }))).toBe(true)
	expect(isBareJpeg(await jpeg({ mozjpeg: true }))).toBe(true)
})

test('what has notes, a thumbnail, a second picture, something behind it, or no end, is not', async () => {
	const bare = await jpeg()
	const segment = (marker: number, content: string) => {
		const length = Buffer.alloc(2)
		length.writeUInt16BE(content.length + 2)
		return Buffer.concat([
			bare.subarray(0, 2),
			Buffer.of(0xff, marker),
			length,
			Buffer.from(content),
			bare.subarray(2),
		])
	}
	const others: Readonly<Record<string, Uint8Array>> = {
		exif: await drawn
			.clone()
			.withExif({ IFD0: { Artist: 'Fulana' } })
			.jpeg()
			.toBuffer(),
		profile: await drawn.clone().withIccProfile('srgb').jpeg().toBuffer(),
		comment: segment(0xfe, 'Fulana'),
		thumbnail: segment(0xe0, `JFIF\0${'a'.repeat(40)}`),
		adobe: segment(0xed, 'Photoshop 3.0\0'),
		two: Buffer.concat([bare, bare]),
		behind: Buffer.concat([bare, Buffer.from('Fulana')]),
		cut: bare.subarray(0, -2),
		cutInside: bare.subarray(0, 300),
		png: await drawn.clone().png().toBuffer(),
		text: Buffer.from('Fulana'),
		empty: Buffer.of(),
	}
	for (const [name, bytes] of Object.entries(others)) expect(isBareJpeg(bytes), name).toBe(false)
})
