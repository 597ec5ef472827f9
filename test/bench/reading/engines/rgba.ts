import type { Frame } from './engine.ts'

/** Grey as the colour that readers made for browsers ask for. */
export function rgbaOf({ plane }: Frame['grey']): Uint8ClampedArray<ArrayBuffer> {
	const words = Uint32Array.from(plane, (value) => 0xff000000 | (value * 0x010101))
	return new Uint8ClampedArray(words.buffer)
}
