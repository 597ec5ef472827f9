/** Takes a photograph of one acta, or of several on one tray, by given parameters. */
import sharp from 'sharp'
import type { ElectionDefinition } from '../../acta/election.ts'
import type { Point } from '../../reading/search/patch.ts'
import { type Paper, printStrip, type StripPrinter, stripHeight } from '../paper/strip.ts'
import { Random } from '../random.ts'
import { apply, inverse, type Matrix, projectionOf } from './projection.ts'
import { codeCentre, layScene, type PhotographScene } from './scene.ts'
import type { Photograph } from './severity.ts'

/** Another paper in view: how far it lies from where the first does (modules), and how turned (degrees). */
export interface Neighbour {
	readonly paper: Paper
	readonly across: number
	readonly down: number
	readonly turned: number
}

/** A JPEG in colour. The same arguments give the same bytes. */
export async function photographActa(
	press: StripPrinter,
	paper: Paper,
	election: ElectionDefinition,
	photograph: Photograph,
	neighbours: readonly Neighbour[] = [],
): Promise<Uint8Array> {
	const toPlane = inverse(projectionOf(photograph))
	const resolution = resolutionOf(photograph.pixelsPerModule)
	const laid: Laid[] = []
	const { aim = 0 } = photograph
	for (const sheet of [{ paper, across: 0, down: 0, turned: 0 }, ...neighbours]) {
		const matrix = planeToSheet({ ...sheet, down: sheet.down - aim })
		const stretch = stretchInView(toPlane, matrix, photograph)
		if (stretch === null) continue
		const ink = await printStrip(press, sheet.paper, election, resolution, stretch)
		laid.push({ scene: layScene(ink, photograph), matrix })
	}
	const pixels = expose(laid, toPlane, photograph)
	const raw = { width: photograph.width, height: photograph.height, channels: 3 } as const
	return sharp(pixels, { raw }).jpeg({ quality: photograph.jpegQuality }).toBuffer()
}

interface Laid {
	readonly scene: PhotographScene
	/** From the plane to this paper's own coordinates. */
	readonly matrix: Turn
}

interface Turn {
	readonly cos: number
	readonly sin: number
	readonly across: number
	readonly down: number
}

/**
 * Scene pixels to a module: twice the frame's where those are few, so that sampling between them blurs no
 * more than the lens does.
 */
function resolutionOf(pixelsPerModule: number): number {
	return Math.max(pixelsPerModule, Math.min(2 * pixelsPerModule, 6))
}

function planeToSheet({ across, down, turned }: Omit<Neighbour, 'paper'>): Turn {
	const turn = (-turned * Math.PI) / 180
	return { cos: Math.cos(turn), sin: Math.sin(turn), across, down }
}

/** The rows of the strip that the frame can show, with room for the curl; null when there are none. */
function stretchInView(
	toPlane: Matrix,
	{ cos, sin, across, down }: Turn,
	{ width, height, curl }: Photograph,
): { top: number; bottom: number } | null {
	const corners: Point[] = [
		{ x: 0, y: 0 },
		{ x: width, y: 0 },
		{ x: 0, y: height },
		{ x: width, y: height },
	]
	const rows = corners.map((corner) => {
		const { x, y } = apply(toPlane, corner)
		return codeCentre.y + (x - across) * sin + (y - down) * cos
	})
	const room = curl.peak + 4
	const top = Math.max(0, Math.floor(Math.min(...rows) - room))
	const bottom = Math.min(stripHeight, Math.ceil(Math.max(...rows) + room))
	return top < bottom ? { top, bottom } : null
}

/** Warm light, as of a white LED. */
const tint = { red: 1, green: 0.985, blue: 0.95 }

/** One pass over the frame: where each pixel looks, what light falls there, noise. */
function expose(laid: readonly Laid[], toPlane: Matrix, photograph: Photograph): Uint8ClampedArray {
	const { width, height, tray, light } = photograph
	const pixels = new Uint8ClampedArray(width * height * 3)
	const wave = waveOf(toPlane, photograph)
	const grain = grainOf(photograph)
	const spots = photograph.glare.map((spot) => spotOf(spot, photograph))
	const outlines = laid.map((sheet) => outlineOf(sheet, photograph))
	const towards = (light.towards * Math.PI) / 180
	const span = Math.abs(width * Math.cos(towards)) + Math.abs(height * Math.sin(towards))
	const lossAcross = (light.lost * Math.cos(towards)) / span
	const lossDown = (light.lost * Math.sin(towards)) / span
	const [ux, uy, u0, vx, vy, v0, wx, wy, w0] = toPlane
	const greys = new Float32Array(width)
	const blues = new Float32Array(width)

	for (let row = 0; row < height; row++) {
		const y = row + 0.5
		greys.fill(255 * tray)
		blues.fill(0)
		// The first paper lies on top, so it is drawn last.
		for (let sheet = laid.length - 1; sheet >= 0; sheet--) {
			const { scene, matrix } = laid[sheet] as Laid
			const { values, blueInk, pixelsPerModule } = scene
			const [from, to] = chord(outlines[sheet] ?? [], row, width)
			for (let column = from; column < to; column++) {
				const x = column + 0.5
				const w = 1 / (wx * x + wy * y + w0)
				const v = (vx * x + vy * y + v0) * w
				const bend = ((v - wave.from) * wave.density) | 0
				const du = (ux * x + uy * y + u0) * w + (wave.across[bend] ?? 0) - matrix.across
				const dv = v + (wave.down[bend] ?? 0) - matrix.down
				const px = (matrix.cos * du - matrix.sin * dv - scene.left) * pixelsPerModule - 0.5
				const py = (matrix.sin * du + matrix.cos * dv - scene.top) * pixelsPerModule - 0.5
				if (!(px >= 0 && py >= 0 && px < scene.width - 1 && py < scene.height - 1)) continue
				const [left, top] = [px | 0, py | 0]
				const [fx, fy] = [px - left, py - top]
				const first = top * scene.width + left
				const second = first + scene.width
				const above = (values[first] ?? 0) * (1 - fx) + (values[first + 1] ?? 0) * fx
				const below = (values[second] ?? 0) * (1 - fx) + (values[second + 1] ?? 0) * fx
				greys[column] = (above * (1 - fy) + below * fy) * (wave.light[bend] ?? 1)
				if (blueInk !== null) blues[column] = blueInk[first] ?? 0
			}
		}

		const loss = light.lost / 2 + lossDown * (y - height / 2) - lossAcross * (width / 2 - 0.5)
		for (let x = 0; x < width; x++) greys[x] = (greys[x] ?? 0) * (1 - loss - lossAcross * x)
		for (const { across, down } of spots) {
			const added = down[row] ?? 0
			if (added < 0.002) continue
			for (let x = 0; x < width; x++) greys[x] = (greys[x] ?? 0) + added * (across[x] ?? 0)
		}
		const start = grain.start()
		let at = row * width * 3
		for (let x = 0; x < width; x++, at += 3) {
			const grey = (greys[x] ?? 0) + (grain.table[start + x] ?? 0)
			const blue = blues[x] ?? 0
			pixels[at] = grey * tint.red * (1 - 0.3 * blue)
			pixels[at + 1] = grey * tint.green
			pixels[at + 2] = grey * tint.blue + 70 * blue
		}
	}
	return pixels
}

/** The corners in the frame of a scene, with room for the curl. */
function outlineOf({ scene, matrix }: Laid, photograph: Photograph): Point[] {
	const toFrame = projectionOf(photograph)
	const room = photograph.curl.peak
	const [left, top] = [scene.left - room, scene.top - room]
	const right = scene.left + scene.width / scene.pixelsPerModule + room
	const bottom = scene.top + scene.height / scene.pixelsPerModule + room
	return [
		[left, top],
		[right, top],
		[right, bottom],
		[left, bottom],
	].map(([x = 0, y = 0]) =>
		apply(toFrame, {
			x: matrix.cos * x + matrix.sin * y + matrix.across,
			y: -matrix.sin * x + matrix.cos * y + matrix.down,
		}),
	)
}

/** The columns that a convex outline takes of one row of pixels: from, and up to but without. */
function chord(outline: readonly Point[], row: number, width: number): [number, number] {
	let [from, to] = [Infinity, -Infinity]
	outline.forEach((one, index) => {
		const other = outline[(index + 1) % outline.length] ?? one
		const [low, high] = [Math.max(row, Math.min(one.y, other.y)), Math.min(row + 1, Math.max(one.y, other.y))]
		if (low > high) return
		for (const y of [low, high]) {
			const share = one.y === other.y ? 0 : (y - one.y) / (other.y - one.y)
			const x = one.x + (other.x - one.x) * share
			from = Math.min(from, x)
			to = Math.max(to, x)
		}
	})
	return [Math.max(0, Math.floor(from)), Math.min(width, Math.ceil(to))]
}

/** Curled paper, as a table along the strip: by how much a row looks aside, and how much light it gets. */
function waveOf(toPlane: Matrix, { width, height, curl }: Photograph) {
	const density = 4
	const rows = [0, width].flatMap((x) => [0, height].map((y) => apply(toPlane, { x, y }).y))
	const from = Math.floor(Math.min(...rows)) - 1
	const length = (Math.ceil(Math.max(...rows)) + 1 - from) * density
	const direction = (curl.direction * Math.PI) / 180
	const angle = (index: number) =>
		(2 * Math.PI * (from + index / density)) / curl.length + (curl.phase * Math.PI) / 180
	const steepest = (2 * Math.PI * curl.peak) / curl.length
	const table = (value: (index: number) => number) =>
		Float64Array.from({ length }, (_, index) => value(index))
	return {
		from,
		density,
		across: table((index) => curl.peak * Math.cos(direction) * Math.sin(angle(index))),
		down: table((index) => curl.peak * Math.sin(direction) * Math.sin(angle(index))),
		light: table((index) => 1 - 0.5 * steepest * (1 + Math.cos(angle(index)))),
	}
}

/** Normal noise from a long table, entered anywhere for each row: anew for each pixel would take too long. */
function grainOf({ noise, width }: Photograph) {
	const random = new Random(noise.seed)
	const spare = 1 << 15
	const table = Float32Array.from({ length: spare + width }, () => noise.sigma * random.normal())
	return { table, start: () => random.whole(0, spare) }
}

/** A round spot is the product of its two profiles. */
function spotOf(
	{ added, x, y, radius }: Photograph['glare'][number],
	{ width, height, pixelsPerModule, centre }: Photograph,
) {
	const profile = (length: number, middle: number) =>
		Float64Array.from({ length }, (_, at) =>
			Math.exp(-((at + 0.5 - middle) ** 2) / (2 * (radius * pixelsPerModule) ** 2)),
		)
	const across = profile(width, centre.x + x * pixelsPerModule)
	for (let at = 0; at < width; at++) across[at] = (across[at] ?? 0) * 255 * added
	return { across, down: profile(height, centre.y + y * pixelsPerModule) }
}
