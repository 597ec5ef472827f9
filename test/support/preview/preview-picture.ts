/**
 * Draws the tray as a preview stream shows it: small, grey and noisy. Papers are the real print, shrunk; the
 * hand, the light and the shadows are simple shapes. A frame of 160 by 120 takes about a millisecond.
 */
import type { InkSheet } from '#src/simulator/paper/ink-sheet.js'
import { stripHeight, stripWidth } from '#src/simulator/paper/strip.js'
import { Random } from '#src/simulator/random.js'

/** Where something lies: pixels from the upper left corner, and degrees clockwise. */
export interface Pose {
	readonly x: number
	readonly y: number
	readonly angle: number
}

/** A printed strip, ready to be drawn small: the pose's place is that of the middle of row `row` (modules). */
export interface SmallPaper {
	/** The ink, each time halved: at 0 one value a module. */
	readonly levels: readonly { readonly width: number; readonly height: number; readonly ink: Float32Array }[]
}

export interface Light {
	/** What comes from everywhere, as a share of the brightest, and how much of it is lost from left to right. */
	readonly ambient: number
	readonly slope: number
	/** A lamp: the middle of its spot in pixels, how wide, how bright. */
	readonly lamp: { readonly power: number; readonly x: number; readonly y: number; readonly radius: number }
	/** Somebody's shadow, from the left: where its edge is, how much light it takes, how soft the edge is (pixels). */
	readonly shadow: { readonly edge: number; readonly depth: number; readonly softness: number }
	/** Amplitude of the bands that a lamp on mains current draws over a rolling shutter. */
	readonly flicker: number
}

export interface World {
	readonly papers: readonly { readonly paper: SmallPaper; readonly pose: Pose }[]
	/** The tip of the hand; the arm leaves the picture in direction `angle`. */
	readonly hand: Pose | null
	readonly light: Light
	/** What the camera's automatic exposure multiplies by. */
	readonly exposure: number
}

export interface PreviewOptics {
	readonly width: number
	readonly height: number
	/** 2 draws a picture of half the width and height, with the same to be seen: four times as fast. */
	readonly shrink: 1 | 2
	readonly pixelsPerModule: number
	/** The row of the strip (modules) that a pose places: the middle of the part in view. */
	readonly row: number
	/** Reflectance of tray and paper. */
	readonly tray: number
	readonly paper: number
	/** Standard deviation in grey levels. */
	readonly noise: number
	readonly seed: string
}

/** `sheet` holds the whole strip at one pixel to a module. */
export function smallPaper(sheet: InkSheet): SmallPaper {
	const levels = [{ width: sheet.width, height: sheet.height, ink: sheet.ink }]
	for (let level = 0; level < 4; level++) {
		const { width, height, ink } = levels[level] as (typeof levels)[number]
		const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) }
		const halved = new Float32Array(half.width * half.height)
		for (let y = 0; y < half.height; y++) {
			for (let x = 0; x < half.width; x++) {
				let sum = 0
				for (const [dx, dy] of [
					[0, 0],
					[1, 0],
					[0, 1],
					[1, 1],
				] as const) {
					sum += ink[Math.min(height - 1, 2 * y + dy) * width + Math.min(width - 1, 2 * x + dx)] ?? 0
				}
				halved[y * half.width + x] = sum / 4
			}
		}
		levels.push({ ...half, ink: halved })
	}
	return { levels }
}

/** How many pixels the hand is wide. */
const handRadius = 12
const skin = 0.45

export class PreviewPainter {
	readonly #optics: PreviewOptics
	readonly #tray: Float32Array
	readonly #grain: Float32Array
	readonly #random: Random
	/** What was drawn last, for as long as nothing moves and the light stays. */
	#surface: { readonly of: Pick<World, 'papers' | 'hand'>; readonly values: Float32Array } | undefined
	#lit: { readonly of: Light; readonly values: Float32Array } | undefined

	constructor(optics: PreviewOptics) {
		this.#optics = optics
		this.#tray = trayOf(optics)
		this.#random = new Random(`${optics.seed}/grain`)
		this.#grain = Float32Array.from({ length: (1 << 14) + optics.width / optics.shrink }, () =>
			this.#random.normal(),
		)
	}

	paint(world: World): Uint8Array {
		const { shrink } = this.#optics
		const [width, height] = [this.#optics.width / shrink, this.#optics.height / shrink]
		const noise = this.#optics.noise / shrink
		const surface = this.#surfaceOf(world)
		const lit = this.#litBy(world.light)
		const grey = new Uint8ClampedArray(width * height)
		const band = this.#random.between(0, 2 * Math.PI)
		for (let y = 0; y < height; y++) {
			const start = this.#random.whole(0, (1 << 14) - 1)
			const strength = 255 * world.exposure * (1 + world.light.flicker * Math.sin(band + (5 * y) / height))
			for (let x = 0; x < width; x++) {
				const at = y * width + x
				grey[at] = strength * (lit[at] ?? 0) * (surface[at] ?? 0) + noise * (this.#grain[start + x] ?? 0)
			}
		}
		return new Uint8Array(grey.buffer)
	}

	#surfaceOf({ papers, hand }: World): Float32Array {
		if (this.#surface?.of.papers === papers && this.#surface.of.hand === hand) return this.#surface.values
		const { width, height, shrink } = this.#optics
		const values = this.#tray.slice()
		for (const { paper, pose } of papers) this.#layPaper(values, paper, pose)
		if (hand !== null) layHand(values, { width, height, shrink }, hand)
		this.#surface = { of: { papers, hand }, values }
		return values
	}

	#litBy(light: Light): Float32Array {
		if (this.#lit?.of === light) return this.#lit.values
		const { width, height, shrink } = this.#optics
		const across = width / shrink
		const values = Float32Array.from({ length: across * (height / shrink) }, (_, at) =>
			lightAt(light, (at % across) * shrink, Math.floor(at / across) * shrink, width),
		)
		this.#lit = { of: light, values }
		return values
	}

	#layPaper(surface: Float32Array, { levels }: SmallPaper, pose: Pose): void {
		const { pixelsPerModule, row, paper, shrink } = this.#optics
		const [width, height] = [this.#optics.width / shrink, this.#optics.height / shrink]
		const turn = (pose.angle * Math.PI) / 180
		const [cos, sin] = [Math.cos(turn) / pixelsPerModule, Math.sin(turn) / pixelsPerModule]
		const depth = Math.min(levels.length - 1, Math.max(0, Math.round(Math.log2(shrink / pixelsPerModule))))
		const level = levels[depth]
		if (level === undefined) return
		const shrunk = 1 / 2 ** depth
		for (let y = 0; y < height; y++) {
			for (let x = 0; x < width; x++) {
				const [dx, dy] = [(x + 0.5) * shrink - pose.x, (y + 0.5) * shrink - pose.y]
				const u = stripWidth / 2 + dx * cos + dy * sin
				const v = row - dx * sin + dy * cos
				const inside = Math.min(u, stripWidth - u, v, stripHeight - v) * (pixelsPerModule / shrink) + 0.5
				if (inside <= 0) continue
				const ink = sample(level, u * shrunk - 0.5, v * shrunk - 0.5)
				const at = y * width + x
				const share = Math.min(1, inside)
				surface[at] = (surface[at] ?? 0) * (1 - share) + paper * (1 - 0.8 * ink) * share
			}
		}
	}
}

function sample({ width, height, ink }: SmallPaper['levels'][number], x: number, y: number): number {
	const left = Math.min(width - 2, Math.max(0, Math.floor(x)))
	const top = Math.min(height - 2, Math.max(0, Math.floor(y)))
	const [fx, fy] = [Math.min(1, Math.max(0, x - left)), Math.min(1, Math.max(0, y - top))]
	const at = top * width + left
	const above = (ink[at] ?? 0) * (1 - fx) + (ink[at + 1] ?? 0) * fx
	const below = (ink[at + width] ?? 0) * (1 - fx) + (ink[at + width + 1] ?? 0) * fx
	return above * (1 - fy) + below * fy
}

/** Not quite even: stains and scratches, and a darker rim at the lower edge. */
function trayOf({ tray, seed, shrink, ...size }: PreviewOptics): Float32Array {
	const [width, height] = [size.width / shrink, size.height / shrink]
	const random = new Random(`${seed}/tray`)
	const surface = new Float32Array(width * height).fill(tray)
	for (let scratch = 0; scratch < 12; scratch++) {
		const [x, y] = [random.between(0, width), random.between(0, height)]
		const [direction, length] = [random.between(0, Math.PI), random.between(5, 40) / shrink]
		const strength = random.between(-0.06, 0.06) / shrink
		for (let along = 0; along < length; along++) {
			const column = Math.floor(x + along * Math.cos(direction))
			const row = Math.floor(y + along * Math.sin(direction))
			if (column < 0 || column >= width || row < 0 || row >= height) continue
			surface[row * width + column] = tray + strength
		}
	}
	surface.fill(tray * 0.6, (height - 4 / shrink) * width)
	return surface
}

function layHand(
	surface: Float32Array,
	{ width, height, shrink }: Pick<PreviewOptics, 'width' | 'height' | 'shrink'>,
	{ x, y, angle }: Pose,
): void {
	const turn = (angle * Math.PI) / 180
	const [ax, ay] = [Math.cos(turn), Math.sin(turn)]
	for (let row = 0; row < height / shrink; row++) {
		for (let column = 0; column < width / shrink; column++) {
			const at = (row * width) / shrink + column
			const [dx, dy] = [column * shrink - x, row * shrink - y]
			const shade = fromArm(dx - 5, dy - 4, ax, ay)
			if (shade > handRadius + 10) continue
			const shadow = 1 - 0.35 * Math.min(1, Math.max(0, (handRadius + 4 - shade) / 8))
			const cover = Math.min(1, Math.max(0, (handRadius - fromArm(dx, dy, ax, ay)) / shrink))
			const fingers = skin * (1 + 0.25 * Math.sin(dx * 0.9 * ay - dy * 0.9 * ax))
			surface[at] = (surface[at] ?? 0) * shadow * (1 - cover) + fingers * cover
		}
	}
}

function fromArm(dx: number, dy: number, ax: number, ay: number): number {
	const along = Math.max(0, dx * ax + dy * ay)
	return Math.sqrt((dx - along * ax) ** 2 + (dy - along * ay) ** 2)
}

function lightAt({ ambient, slope, lamp, shadow }: Light, x: number, y: number, width: number): number {
	let light = ambient * (1 - (slope * x) / width)
	if (lamp.power > 0) {
		light += lamp.power * Math.exp(-((x - lamp.x) ** 2 + (y - lamp.y) ** 2) / (2 * lamp.radius ** 2))
	}
	if (shadow.depth > 0) {
		const within = Math.min(1, Math.max(0, (shadow.edge - x) / shadow.softness + 0.5))
		light *= 1 - shadow.depth * within
	}
	return light
}
