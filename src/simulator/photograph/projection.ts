/** Where a point of the tray appears in the frame: the perspective of a camera over a leaning plane. */
import type { Point } from '../../reading/search/patch.ts'
import type { Photograph } from './severity.ts'

/** Nine numbers, row by row: (x, y, w) = matrix * (u, v, 1), and the point is (x / w, y / w). */
export type Matrix = readonly [number, number, number, number, number, number, number, number, number]

/** Focal length in long sides of the frame: about that of a Raspberry Pi camera module. */
const focalLength = 1.1

/** From the plane (modules from the centre of the code, across and down the strip) to pixels of the frame. */
export function projectionOf({
	width,
	height,
	pixelsPerModule,
	rotation,
	centre,
	tilt,
}: Pick<Photograph, 'width' | 'height' | 'pixelsPerModule' | 'rotation' | 'centre' | 'tilt'>): Matrix {
	const turn = (rotation * Math.PI) / 180
	const [cos, sin] = [Math.cos(turn) * pixelsPerModule, Math.sin(turn) * pixelsPerModule]
	const lean = (tilt.degrees * Math.PI) / 180
	const towards = (tilt.towards * Math.PI) / 180
	const [ex, ey] = [Math.cos(towards), Math.sin(towards)]
	// Leaning shortens what lies along `towards` and takes it away from the camera.
	const shorter = Math.cos(lean) - 1
	const [xx, xy, yy] = [1 + shorter * ex * ex, shorter * ex * ey, 1 + shorter * ey * ey]
	const away = Math.sin(lean) / (focalLength * Math.max(width, height))
	// Plane to turned plane: (cos -sin; sin cos), then leaning, then the move to the centre.
	const [ux, vx] = [xx * cos + xy * sin, -xx * sin + xy * cos]
	const [uy, vy] = [xy * cos + yy * sin, -xy * sin + yy * cos]
	const [uw, vw] = [away * (ex * cos + ey * sin), away * (-ex * sin + ey * cos)]
	return [
		ux + centre.x * uw,
		vx + centre.x * vw,
		centre.x,
		uy + centre.y * uw,
		vy + centre.y * vw,
		centre.y,
		uw,
		vw,
		1,
	]
}

export function inverse([a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
	const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
	const cofactors = [
		e * i - f * h,
		c * h - b * i,
		b * f - c * e,
		f * g - d * i,
		a * i - c * g,
		c * d - a * f,
		d * h - e * g,
		b * g - a * h,
		a * e - b * d,
	].map((value) => value / determinant)
	// Nine stand above; `map` forgets how many.
	return cofactors as unknown as Matrix
}

export function apply(matrix: Matrix, { x, y }: Point): Point {
	const w = matrix[6] * x + matrix[7] * y + matrix[8]
	return {
		x: (matrix[0] * x + matrix[1] * y + matrix[2]) / w,
		y: (matrix[3] * x + matrix[4] * y + matrix[5]) / w,
	}
}
