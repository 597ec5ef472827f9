import type { Point } from './patch.ts'

/** Where a code lies in the picture, read or not. */
export interface Sighting {
	/** Pixels: top left, top right, bottom right and bottom left of the code as printed, however it lies. */
	readonly corners: readonly [Point, Point, Point, Point]
	/** Pixels along one side of a module, the mean of both directions. */
	readonly modulePixels: number
}

export interface FoundCode {
	/** What it says, error correction and all. */
	readonly bytes: Uint8Array
	readonly sighting: Sighting
}

/** `size` is modules along one side. */
export function sightingOf(corners: Sighting['corners'], size: number): Sighting {
	const [one, two, three, four] = corners
	const twice = (two.x - four.x) * (three.y - one.y) - (two.y - four.y) * (three.x - one.x)
	return { corners, modulePixels: Math.sqrt(Math.abs(twice) / 2) / size }
}

/** True when a place lies in a code, or within half its side around it. */
export function isNear({ corners }: Sighting, { x, y }: Point): boolean {
	const middle = (axis: 'x' | 'y') => corners.reduce((sum, corner) => sum + corner[axis], 0) / 4
	const [cx, cy] = [middle('x'), middle('y')]
	const reach = Math.max(...corners.map((corner) => Math.hypot(corner.x - cx, corner.y - cy)))
	return Math.hypot(x - cx, y - cy) < 1.4 * reach
}
