/**
 * The paper as light would show it: print that faded, dead dots, folds, pen ink, and the tray around it, then
 * blurred as the lens and the hand do. Blurring here, before the paper is laid in perspective, costs a third of
 * blurring the frame and differs from it by less than a tenth at the steepest tilt.
 */
import { defocus, type Plane, streak } from './blur.ts'
import { InkSheet, type Point } from './ink-sheet.ts'
import { modulesOfQr } from './qr-symbol.ts'
import { Random } from './random.ts'
import type { Photograph } from './severity.ts'
import { qrTop, stripHeight, stripWidth } from './strip.ts'

/** Grey from 0 to 255, with a border of tray. */
export interface Scene extends Plane {
	readonly pixelsPerModule: number
	/** The first pixel's corner, modules from the centre of the code. */
	readonly left: number
	readonly top: number
	/** Blue ink, 0 to 1, in the same pixels; null when there is none. */
	readonly blueInk: Float32Array | null
}

/** The centre of the code on the strip, modules. */
export const codeCentre: Point = { x: stripWidth / 2, y: qrTop + modulesOfQr / 2 }

/** Modules of tray round the paper that are blurred together with it. */
const border = 3

/** A print head's dot is about a third of a module wide (measured on `qr-closeup.png`). */
const dot = 0.35

export function layScene(sheet: InkSheet, photograph: Photograph): Scene {
	const { pixelsPerModule } = sheet
	const edge = Math.ceil(border * pixelsPerModule)
	const [width, height] = [sheet.width + 2 * edge, sheet.height + 2 * edge]
	const values = new Float32Array(width * height)
	const scene = {
		width,
		height,
		values,
		pixelsPerModule,
		left: -codeCentre.x - edge / pixelsPerModule,
		top: sheet.top - codeCentre.y - edge / pixelsPerModule,
	}

	const pen = drawPen(sheet, photograph)
	const strength = strengthOfPrint(sheet, photograph)
	const fold = lightOfFolds(sheet, photograph)
	const dead = deadColumns(sheet, photograph)
	const [white, black] = [255 * photograph.paper, 255 * photograph.darkestPrint]
	layTray(scene, sheet, edge, photograph)
	for (let y = 0; y < sheet.height; y++) {
		for (let x = 0; x < sheet.width; x++) {
			const at = y * sheet.width + x
			const print = (sheet.ink[at] ?? 0) * strength(x, y) * (1 - (dead?.[x] ?? 0))
			let value = (white - print * (white - black)) * fold(x, y)
			if (pen !== null) value *= 1 - (pen.ink[at] ?? 0)
			values[(y + edge) * width + x + edge] = value
		}
	}

	// The frame's pixels are larger than the scene's: each gathers the light of its whole square.
	const square = pixelsPerModule / photograph.pixelsPerModule
	const aperture = Math.max(0, square * square - 1) / 12
	defocus(scene, Math.sqrt((photograph.defocus * pixelsPerModule) ** 2 + aperture))
	streak(
		scene,
		photograph.streak.length * pixelsPerModule,
		(photograph.streak.direction * Math.PI) / 180,
	)
	return { ...scene, blueInk: pen === null ? null : blueInk(scene, edge, pen, photograph) }
}

/** The paper throws a soft shadow to its right and below. */
function layTray(scene: Plane, sheet: InkSheet, edge: number, { tray }: Photograph): void {
	const endOfPaper = sheet.top + sheet.height / sheet.pixelsPerModule >= stripHeight
	const shadow = (distance: number) => 1 - 0.35 * Math.exp(-Math.max(0, distance) / (edge / 3))
	for (let y = 0; y < scene.height; y++) {
		for (let x = 0; x < scene.width; x++) {
			const right = x - edge - sheet.width
			const below = endOfPaper ? y - edge - sheet.height : -1
			const near = Math.max(right, below)
			scene.values[y * scene.width + x] = 255 * tray * (near < 0 ? 1 : shadow(near))
		}
	}
}

function drawPen(sheet: InkSheet, { pen }: Photograph): InkSheet | null {
	if (pen.length === 0) return null
	const bottom = sheet.top + sheet.height / sheet.pixelsPerModule
	const drawn = new InkSheet({ width: stripWidth, top: sheet.top, bottom }, sheet.pixelsPerModule)
	for (const { points, thickness, strength } of pen) {
		const placed = points.map(({ x, y }) => ({ x: x + codeCentre.x, y: y + codeCentre.y }))
		drawn.stroke(placed, thickness, strength)
	}
	return drawn
}

function blueInk(scene: Plane, edge: number, pen: InkSheet, photograph: Photograph): Float32Array | null {
	if (!photograph.pen.some(({ blue }) => blue)) return null
	const ink = new Float32Array(scene.values.length)
	for (let y = 0; y < pen.height; y++) {
		ink.set(pen.ink.subarray(y * pen.width, (y + 1) * pen.width), (y + edge) * scene.width + edge)
	}
	return ink
}

/** What is left of the print, from 1 down to `1 - amplitude`, in patches some 15 modules wide. */
function strengthOfPrint(sheet: InkSheet, { fading }: Photograph): (x: number, y: number) => number {
	if (fading.amplitude === 0) return () => 1
	const cell = 15
	const columns = Math.ceil(stripWidth / cell) + 2
	const random = new Random(fading.seed)
	const patches = Float32Array.from({ length: columns * (Math.ceil(stripHeight / cell) + 2) }, () =>
		random.fraction(),
	)
	const smooth = (t: number) => t * t * (3 - 2 * t)
	return (x, y) => {
		const [u, v] = [x / sheet.pixelsPerModule / cell, (y / sheet.pixelsPerModule + sheet.top) / cell]
		const [column, row] = [Math.floor(u), Math.floor(v)]
		const [fx, fy] = [smooth(u - column), smooth(v - row)]
		const at = row * columns + column
		const above = (patches[at] ?? 0) * (1 - fx) + (patches[at + 1] ?? 0) * fx
		const below = (patches[at + columns] ?? 0) * (1 - fx) + (patches[at + columns + 1] ?? 0) * fx
		return 1 - fading.amplitude * (above * (1 - fy) + below * fy)
	}
}

/** A fold is a dark line beside a bright one, a module wide each. */
function lightOfFolds(sheet: InkSheet, { creases }: Photograph): (x: number, y: number) => number {
	if (creases.length === 0) return () => 1
	const folds = creases.map(({ at, lean, depth }) => ({
		depth,
		slope: Math.tan((lean * Math.PI) / 180),
		row: codeCentre.y + at,
	}))
	return (x, y) => {
		const [u, v] = [x / sheet.pixelsPerModule - codeCentre.x, y / sheet.pixelsPerModule + sheet.top]
		let light = 1
		for (const { depth, slope, row } of folds) {
			const distance = v - row - u * slope
			if (distance > -2.5 && distance < 2.5) {
				light *= 1 - depth * (Math.exp(-(distance ** 2)) - 0.4 * Math.exp(-((distance - 1) ** 2)))
			}
		}
		return light
	}
}

/** The paper runs under the head lengthwise, so a dead dot leaves a white line down the whole strip. */
function deadColumns(sheet: InkSheet, { deadDots }: Photograph): Float32Array | null {
	if (deadDots.length === 0) return null
	const columns = new Float32Array(sheet.width)
	for (const at of deadDots) {
		const from = (codeCentre.x + at - dot / 2) * sheet.pixelsPerModule
		const to = from + dot * sheet.pixelsPerModule
		for (let x = Math.max(0, Math.floor(from)); x < Math.min(sheet.width, to); x++) {
			columns[x] = Math.min(1, (columns[x] ?? 0) + Math.min(x + 1, to) - Math.max(x, from))
		}
	}
	return columns
}
