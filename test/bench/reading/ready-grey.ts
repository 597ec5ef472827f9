import sharp from 'sharp'
import type { Frame } from './engines/engine.ts'

/** Decoded as well as ours decodes: the green channel on white paper. */
export async function readyGrey(bytes: Uint8Array): Promise<Frame['grey']> {
	const { channels, hasAlpha } = await sharp(bytes).metadata()
	const picture = hasAlpha ? sharp(bytes).flatten({ background: '#ffffff' }) : sharp(bytes)
	const grey = channels >= 3 ? picture.extractChannel('green') : picture.toColourspace('b-w')
	const { data, info } = await grey.raw().toBuffer({ resolveWithObject: true })
	return { plane: data, width: info.width, height: info.height }
}
