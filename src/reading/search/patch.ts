import type { Grey } from '../decode-grey.ts'

/** A plane of grey values, whole or not. */
export interface Samples {
	readonly plane: Uint8Array | Float32Array
	readonly width: number
	readonly height: number
}

export interface Point {
	readonly x: number
	readonly y: number
}

/** Grey values from 0 to 255, row by row. */
export interface Patch {
	readonly values: Float32Array
	readonly side: number
	/** Where a pixel of the patch lies in the picture. */
	readonly toPicture: (point: Point) => Point
}

/** Around `centre`; `radians` turns the patch clockwise in the picture, `scale` is picture pixels to one of its own. */
export function cutPatch(picture: Grey, centre: Point, radians: number, scale: number, side: number): Patch {
	const [cos, sin] = [Math.cos(radians) * scale, Math.sin(radians) * scale]
	const half = side / 2
	const toPicture = ({ x, y }: Point): Point => ({
		x: centre.x + (x - half) * cos - (y - half) * sin,
		y: centre.y + (x - half) * sin + (y - half) * cos,
	})
	const values = new Float32Array(side * side)
	// Where pixels are joined, the mean of several between them.
	const taps = Math.max(1, Math.min(8, Math.round(scale)))
	for (let y = 0; y < side; y++) {
		for (let x = 0; x < side; x++) {
			let sum = 0
			for (let tap = 0; tap < taps * taps; tap++) {
				const u = x + ((tap % taps) + 0.5) / taps - half
				const v = y + (Math.floor(tap / taps) + 0.5) / taps - half
				sum += sample(picture, centre.x + u * cos - v * sin - 0.5, centre.y + u * sin + v * cos - 0.5)
			}
			values[y * side + x] = sum / (taps * taps)
		}
	}
	return { values, side, toPicture }
}

/** Between four pixels, with the edges repeated. Pixel centres are whole numbers here. */
export function sample({ plane, width, height }: Samples, x: number, y: number): number {
	const cx = Math.min(width - 1.001, Math.max(0, x))
	const cy = Math.min(height - 1.001, Math.max(0, y))
	const [left, top] = [cx | 0, cy | 0]
	const [fx, fy] = [cx - left, cy - top]
	const at = top * width + left
	const above = (plane[at] ?? 0) * (1 - fx) + (plane[at + 1] ?? 0) * fx
	const below = (plane[at + width] ?? 0) * (1 - fx) + (plane[at + width + 1] ?? 0) * fx
	return above * (1 - fy) + below * fy
}
