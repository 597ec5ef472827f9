/**
 * The paper as light would show it: print that faded, dead dots, folds, pen ink, and the tray around it, then
 * blurred as the lens and the hand do. Blurring here, before the paper is laid in perspective, costs a third of
 * blurring the frame and differs from it by less than a tenth at the steepest tilt.
 */

import type { Point } from '../../reading/search/patch.ts'
import { InkSheet } from '../paper/ink-sheet.ts'
import { modulesOfQr } from '../paper/qr-symbol.ts'
import { qrTop, stripHeight, stripWidth } from '../paper/strip.ts'
import { Random } from '../random.ts'
import { defocus, type Plane, streak } from './blur.ts'
import type { Photograph } from './severity.ts'

/** Grey from 0 to 255, with a border of tray. */
export interface PhotographScene extends Plane {
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

/** A print head's dot is a fifth of a module wide (measured on `qr-closeup.png`). */
const dot = 0.2

export function layScene(sheet: InkSheet, photograph: Photograph): PhotographScene {
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
	const fade = fadingOf(sheet, photograph)
	const fold = foldsOf(sheet, photograph)
	const dead = deadColumns(sheet, photograph)
	const strength = new Float32Array(sheet.width).fill(1)
	const light = new Float32Array(sheet.width).fill(1)
	const [white, black] = [255 * photograph.paper, 255 * photograph.darkestPrint]
	layTray(scene, sheet, edge, photograph)
	for (let y = 0; y < sheet.height; y++) {
		fade(strength, y)
		fold(light, y)
		for (let x = 0; x < sheet.width; x++) {
			const at = y * sheet.width + x
			const print = (sheet.ink[at] ?? 0) * (strength[x] ?? 1) * (dead[x] ?? 1)
			let value = (white - print * (white - black)) * (light[x] ?? 1)
			if (pen !== null) value *= 1 - (pen.ink[at] ?? 0)
			values[(y + edge) * width + x + edge] = value
		}
	}

	// The frame's pixels are larger than the scene's: each gathers the light of its whole square.
	const square = pixelsPerModule / photograph.pixelsPerModule
	const aperture = Math.max(0, square * square - 1) / 12
	defocus(scene, Math.sqrt((photograph.defocus * pixelsPerModule) ** 2 + aperture))
	streak(scene, photograph.streak.length * pixelsPerModule, (photograph.streak.direction * Math.PI) / 180)
	return { ...scene, blueInk: pen === null ? null : blueInk(scene, edge, pen, photograph) }
}

/** The paper throws a soft shadow to its right and below. */
function layTray(
	{ width, height, values }: Plane,
	sheet: InkSheet,
	edge: number,
	{ tray }: Photograph,
): void {
	const shaded = (distance: number) => 255 * tray * (1 - 0.35 * Math.exp((-3 * Math.max(0, distance)) / edge))
	const endOfPaper = sheet.top + sheet.height / sheet.pixelsPerModule >= stripHeight
	values.fill(255 * tray)
	for (let y = 0; y < height; y++) {
		const below = y - edge - sheet.height
		for (let x = edge + sheet.width; x < width; x++) {
			values[y * width + x] = shaded(Math.max(x - edge - sheet.width, below))
		}
		if (below < 0 || !endOfPaper) continue
		values.fill(shaded(below), y * width, y * width + edge + sheet.width)
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

/** Fills in one value for each pixel of row `y`. */
type RowFiller = (row: Float32Array, y: number) => void

/** What is left of the print, from 1 down to `1 - amplitude`, in patches some 15 modules wide. */
function fadingOf(sheet: InkSheet, { fading }: Photograph): RowFiller {
	if (fading.amplitude === 0) return () => {}
	const cell = 15
	const columns = Math.ceil(stripWidth / cell) + 2
	const random = new Random(fading.seed)
	const patches = Float32Array.from({ length: columns * (Math.ceil(stripHeight / cell) + 2) }, () =>
		random.fraction(),
	)
	return (row, y) => {
		const v = (y / sheet.pixelsPerModule + sheet.top) / cell
		const above = Math.floor(v) * columns
		const down = smooth(v - Math.floor(v))
		const patch = (column: number) =>
			(patches[above + column] ?? 0) * (1 - down) + (patches[above + columns + column] ?? 0) * down
		const step = 1 / (sheet.pixelsPerModule * cell)
		let [column, from, to] = [-1, 0, patch(0)]
		for (let x = 0; x < row.length; x++) {
			const u = x * step
			if (u >= column + 1) {
				column++
				from = to
				to = patch(column + 1)
			}
			row[x] = 1 - fading.amplitude * (from + (to - from) * smooth(u - column))
		}
	}
}

function smooth(t: number): number {
	return t * t * (3 - 2 * t)
}

/** A fold is a dark line beside a bright one, a module wide each. */
function foldsOf(sheet: InkSheet, { creases }: Photograph): RowFiller {
	const folds = creases.map(({ at, lean, depth }) => {
		const slope = Math.tan((lean * Math.PI) / 180)
		return { depth, slope, row: codeCentre.y + at, reach: 2.5 + Math.abs(slope) * codeCentre.x }
	})
	return (row, y) => {
		const v = y / sheet.pixelsPerModule + sheet.top
		row.fill(1)
		for (const { depth, slope, row: middle, reach } of folds) {
			if (Math.abs(v - middle) > reach) continue
			for (let x = 0; x < row.length; x++) {
				const distance = v - middle - (x / sheet.pixelsPerModule - codeCentre.x) * slope
				const bump = Math.exp(-(distance ** 2)) - 0.4 * Math.exp(-((distance - 1) ** 2))
				row[x] = (row[x] ?? 1) * (1 - depth * bump)
			}
		}
	}
}

/**
 * What is left of the print in each column: the paper runs under the head lengthwise, so a dead dot leaves a
 * white line down the whole strip.
 */
function deadColumns(sheet: InkSheet, { deadDots }: Photograph): Float32Array {
	const columns = new Float32Array(sheet.width).fill(1)
	for (const at of deadDots) {
		const from = (codeCentre.x + at - dot / 2) * sheet.pixelsPerModule
		const to = from + dot * sheet.pixelsPerModule
		for (let x = Math.max(0, Math.floor(from)); x < Math.min(sheet.width, to); x++) {
			columns[x] = Math.max(0, (columns[x] ?? 0) - Math.min(x + 1, to) + Math.max(x, from))
		}
	}
	return columns
}
