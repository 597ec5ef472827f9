import type { Grey } from '../decode-grey.ts'
import type { Region } from './texture.ts'

/**
 * By how much the edges in a region are turned from upright, radians from -π/4 to π/4. Edges a quarter turn
 * apart count as one: fourfold angles make them agree.
 */
export function orientationOf({ plane, width, height }: Grey, { x, y, side }: Region): number {
	const step = Math.max(1, Math.round(side / 250))
	const half = side / 2
	const [left, right] = [
		Math.max(step, Math.floor(x - half)),
		Math.min(width - step - 1, Math.ceil(x + half)),
	]
	const [top, bottom] = [
		Math.max(step, Math.floor(y - half)),
		Math.min(height - step - 1, Math.ceil(y + half)),
	]
	let [real, imaginary] = [0, 0]
	for (let row = top; row < bottom; row += step) {
		for (let column = left; column < right; column += step) {
			const at = row * width + column
			const dx = (plane[at + step] ?? 0) - (plane[at - step] ?? 0)
			const dy = (plane[at + step * width] ?? 0) - (plane[at - step * width] ?? 0)
			// (dx + i dy) to the fourth, over its length squared: strong edges count by the square.
			const power = dx * dx + dy * dy
			if (power === 0) continue
			const [re, im] = [dx * dx - dy * dy, 2 * dx * dy]
			real += (re * re - im * im) / power
			imaginary += (2 * re * im) / power
		}
	}
	return Math.atan2(imaginary, real) / 4
}
