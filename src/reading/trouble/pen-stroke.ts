import type { Grey } from '../decode-grey.ts'

export interface Box {
	/** Pixels of the picture; right and bottom excluded. */
	readonly left: number
	readonly top: number
	readonly right: number
	readonly bottom: number
}

/** Samples along a module's side. */
const fineness = 2
/** Samples along the box's longer side at most, however large its modules look. */
const mostSamples = 200
const angles = 40

/**
 * The longest dark line in the box, modules; `darkBelow` is the grey level under which a pixel is ink. The code
 * itself has lines of 12 to 20: of the many through its modules some meet dark ones only.
 */
export function longestDarkLine(
	{ plane, width, height }: Grey,
	{ left, top, right, bottom }: Box,
	modulePixels: number,
	darkBelow: number,
): number {
	const longer = Math.max(right - left, bottom - top)
	const pitch = Math.max(modulePixels / fineness, longer / mostSamples)
	const [columns, rows] = [Math.floor((right - left) / pitch), Math.floor((bottom - top) / pitch)]
	const dark = new Uint8Array(columns * rows)
	for (let row = 0; row < rows; row++) {
		const y = Math.min(height - 1, Math.floor(top + (row + 0.5) * pitch))
		for (let column = 0; column < columns; column++) {
			const x = Math.min(width - 1, Math.floor(left + (column + 0.5) * pitch))
			if ((plane[y * width + x] ?? 255) < darkBelow) dark[row * columns + column] = 1
		}
	}
	const reach = Math.ceil(Math.hypot(columns, rows) / 2)
	let longest = 0
	for (let turn = 0; turn < angles; turn++) {
		const angle = (Math.PI * turn) / angles
		const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
		for (let aside = -reach; aside <= reach; aside++) {
			let run = 0
			let x = columns / 2 - reach * cos - aside * sin
			let y = rows / 2 - reach * sin + aside * cos
			for (let along = -reach; along <= reach; along++, x += cos, y += sin) {
				const inside = x >= 0 && y >= 0 && x < columns && y < rows
				run = inside && dark[(y | 0) * columns + (x | 0)] === 1 ? run + 1 : 0
				if (run > longest) longest = run
			}
		}
	}
	return (longest * pitch) / modulePixels
}
