import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import sharp from 'sharp'
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer'

/** The payload of a real acta, of table 121202007.01. */
export const actaText =
	'121202007.01.1.0001!23,0,0,0,0,0,0,0,0,1,0,0,22,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,18,4,95,0,0!0!0'

/** A QR code as a grey PNG with its quiet zone, 6 pixels a module. */
export async function qrPicture(content: string | Uint8Array, ecLevel: 'L' | 'Q' = 'Q'): Promise<Buffer> {
	const path = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm')
	const { buffer, byteOffset, length } = await readFile(path)
	const wasmBinary = buffer.slice(byteOffset, byteOffset + length)
	await prepareZXingModule({
		overrides: { wasmBinary: wasmBinary as ArrayBuffer },
		equalityFn: () => true,
		fireImmediately: true,
	})
	const { image, error } = await writeBarcode(content, { format: 'QRCode', ecLevel, scale: 6 })
	if (image === null) throw new Error(error)
	return Buffer.from(await image.arrayBuffer())
}

/** Pictures side by side on white paper. */
export async function sideBySide(...pictures: Buffer[]): Promise<Buffer> {
	const sizes = await Promise.all(pictures.map((picture) => sharp(picture).metadata()))
	let left = 0
	const placed = pictures.map((input, index) => {
		const at = { input, left, top: 0 }
		left += sizes[index]?.width ?? 0
		return at
	})
	const height = Math.max(...sizes.map((size) => size.height))
	return await sharp({ create: { width: left, height, channels: 3, background: '#ffffff' } })
		.composite(placed)
		.png()
		.toBuffer()
}
