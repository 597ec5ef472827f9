/**
 * How bad a photograph is, on one scale from S0 (a kiosk with its own light and tray) to S5 (hopeless), so that
 * figures compare. A photograph's parameters are plain data drawn from a severity and a seed: change any of
 * them and take the photograph again. Each kind of fault is drawn from its own stream of the seed, so one seed
 * gives the same pose and the same pen stroke at every level, only worse.
 *
 * "Module" is one module of the acta's QR code, on the paper.
 */
import type { Point } from '../../reading/search/patch.ts'
import { modulesOfQr } from '../paper/qr-symbol.ts'
import { qrTop, stripHeight } from '../paper/strip.ts'
import { Random } from '../random.ts'

export type Severity = 0 | 1 | 2 | 3 | 4 | 5

export const severities: readonly Severity[] = [0, 1, 2, 3, 4, 5]

/** Pixels of the frame as the camera delivers it, landscape. */
const frameSizes = {
	3: { width: 2048, height: 1536 },
	12: { width: 4056, height: 3040 },
} as const

export type Megapixels = keyof typeof frameSizes

/** Rows of the strip, modules from its upper end. */
interface Stretch {
	readonly top: number
	readonly bottom: number
}

/** The end with the code, the whole strip, or a stretch of it from edge to edge of the frame. */
export type View = 'bottom' | 'full' | Stretch

export interface PenStroke {
	/** Modules from the centre of the code, across and down the strip. */
	readonly points: readonly Point[]
	readonly thickness: number
	/** Share of the light that the ink takes. */
	readonly strength: number
	readonly blue: boolean
}

export interface Photograph {
	/** Pixels. */
	readonly width: number
	readonly height: number
	/**
	 * The row that the camera is pointed at, modules down the strip from the centre of the code; left out, 0. All
	 * that below is said of the centre of the code is then true of that row, but for pen, creases and dead dots,
	 * which stay on the paper.
	 */
	readonly aim?: number
	/** Frame pixels to a module at the centre of the code. */
	readonly pixelsPerModule: number
	/** Clockwise, degrees; at 0 the strip's end points down. */
	readonly rotation: number
	/** Where the centre of the code lies in the frame, pixels. Outside it, the code is out of view. */
	readonly centre: Point
	/** Degrees by which the paper leans away, and towards where in the frame. */
	readonly tilt: { readonly degrees: number; readonly towards: number }
	/** Standard deviation of the blur, modules. */
	readonly defocus: number
	/** Length in modules, direction in degrees from the strip's width. */
	readonly streak: { readonly length: number; readonly direction: number }
	/** Reflectances from 0 to 1. */
	readonly paper: number
	readonly darkestPrint: number
	readonly tray: number
	/** Share of the light lost from one side of the frame to the other, and the direction in degrees. */
	readonly light: { readonly lost: number; readonly towards: number }
	/** Bright spots; place and radius in modules from the centre of the code, along the frame's edges. */
	readonly glare: readonly {
		readonly added: number
		readonly x: number
		readonly y: number
		readonly radius: number
	}[]
	/** The paper's waves, all in modules; phase and direction in degrees. */
	readonly curl: {
		readonly peak: number
		readonly length: number
		readonly phase: number
		readonly direction: number
	}
	/** Folds across the strip: modules from the centre of the code, lean in degrees, share of light. */
	readonly creases: readonly { readonly at: number; readonly lean: number; readonly depth: number }[]
	readonly pen: readonly PenStroke[]
	/** Where the print head has dead dots, modules from the centre of the code. */
	readonly deadDots: readonly number[]
	/** Up to this share of the print is gone in patches; the seed decides where. */
	readonly fading: { readonly amplitude: number; readonly seed: string }
	/** Standard deviation in grey levels of 255. */
	readonly noise: { readonly sigma: number; readonly seed: string }
	/** 1 to 100. */
	readonly jpegQuality: number
}

/** Bounds of each level, S0 to S5: what is drawn stays within them. */
const scale = {
	pixelsPerModule: [
		[6, 9],
		[4.8, 8],
		[4, 7],
		[3.2, 6],
		[2.6, 5.2],
		[2.2, 4.5],
	],
	tilt: [3, 8, 12, 17, 21, 25],
	defocus: [0.1, 0.18, 0.26, 0.34, 0.42, 0.5],
	streak: [0, 0.3, 0.6, 0.9, 1.2, 1.5],
	darkestPrint: [0.15, 0.25, 0.35, 0.45, 0.55, 0.66],
	lightLost: [0.05, 0.2, 0.35, 0.5, 0.6, 0.7],
	glare: [0, 0.15, 0.3, 0.45, 0.6, 0.8],
	curl: [0, 0.4, 0.8, 1.3, 1.8, 2.4],
	creases: [0, 1, 1, 2, 3, 4],
	penChance: [0, 0.15, 0.3, 0.45, 0.55, 0.65],
	deadDots: [0, 0, 1, 1, 2, 3],
	fading: [0, 0.1, 0.2, 0.3, 0.4, 0.5],
	noise: [1.5, 3, 4.5, 6, 8, 10],
	jpegQuality: [
		[90, 95],
		[85, 93],
		[78, 90],
		[72, 88],
		[66, 85],
		[60, 82],
	],
} as const

/** The row of the centre of the code. */
const codeRow = qrTop + modulesOfQr / 2

/** Modules of the strip below the centre of the code. */
const belowCode = stripHeight - codeRow

/**
 * Draws a photograph of the lower end of a strip, where the code is, as the bottom camera of a rig sees it; or,
 * with `view`, of the whole strip or of any stretch of it at the resolution that then remains.
 */
export function drawPhotograph(
	severity: Severity,
	seed: string,
	megapixels: Megapixels,
	view: View = 'bottom',
): Photograph {
	const from = (name: string) => new Random(`${seed}/${name}`)
	const long = frameSizes[megapixels].width
	const short = frameSizes[megapixels].height

	const pose = from('pose')
	const [fewest, most] = scale.pixelsPerModule[severity]
	const drawn = pose.between(fewest, most)
	const stretch = view === 'full' ? { top: 0, bottom: stripHeight } : view === 'bottom' ? null : view
	const pixelsPerModule = stretch === null ? drawn : (0.96 * long) / (stretch.bottom - stretch.top)
	const quarter = 90 * pose.whole(0, 3)
	const anyAngle = pose.between(-45, 45)
	const askew = severity === 0 ? anyAngle / 9 : anyAngle
	const rotation = quarter + (stretch === null ? askew : askew / 90)
	const upright = quarter % 180 === 0
	const [width, height] = upright ? [short, long] : [long, short]
	const [worst, best] = scale.jpegQuality[severity]
	const tilt = from('tilt')
	const blur = from('blur')
	const streak = from('streak')
	const print = from('print')
	const light = from('light')
	const curl = from('curl')
	const creases = from('creases')
	const pen = from('pen')
	const dots = from('dots')
	const spot = glareOf(from('glare'), scale.glare[severity])
	return {
		width,
		height,
		pixelsPerModule,
		rotation,
		...(view === 'bottom' || view === 'full' ? {} : { aim: (view.top + view.bottom) / 2 - codeRow }),
		centre: centreOf(view, width, height, pixelsPerModule, rotation, pose),
		tilt: { degrees: tilt.between(0, scale.tilt[severity]), towards: tilt.between(0, 360) },
		defocus: leaning(blur, scale.defocus[severity]),
		streak: { length: leaning(streak, scale.streak[severity]), direction: streak.between(0, 180) },
		paper: print.between(0.85, 0.95),
		darkestPrint: print.between(0.08, scale.darkestPrint[severity]),
		tray: print.between(0.2, 0.5),
		light: { lost: light.between(0, scale.lightLost[severity]), towards: light.between(0, 360) },
		glare: spot.added > 0 ? [spot] : [],
		curl: {
			peak: curl.between(0, scale.curl[severity]),
			length: curl.between(60, 140),
			phase: curl.between(0, 360),
			direction: curl.between(0, 360),
		},
		creases: Array.from({ length: creases.whole(0, scale.creases[severity]) }, () => ({
			at: creases.between(-60, 35),
			lean: creases.between(-12, 12),
			depth: creases.between(0.1, 0.35),
		})),
		pen: pen.chance(scale.penChance[severity]) ? [penStroke(pen)] : [],
		deadDots: Array.from({ length: dots.whole(0, scale.deadDots[severity]) }, () => dots.between(-24, 24)),
		fading: { amplitude: from('fading').between(0, scale.fading[severity]), seed: `${seed}/patches` },
		noise: { sigma: from('noise').between(0, scale.noise[severity]), seed: `${seed}/grain` },
		jpegQuality: from('jpeg').whole(worst, best),
	}
}

/** A stroke of a pen across the code; what `pen: [penStroke(random)]` forces on a photograph. */
export function penStroke(random: Random): PenStroke {
	const direction = random.between(0, Math.PI)
	const [x, y] = [random.between(-18, 18), random.between(-18, 18)]
	const half = random.between(12, 30)
	const bend = random.between(-6, 6)
	return {
		points: Array.from({ length: 13 }, (_, index) => {
			const along = (index / 6 - 1) * half
			const aside = bend * (1 - (index / 6 - 1) ** 2)
			return {
				x: x + along * Math.cos(direction) - aside * Math.sin(direction),
				y: y + along * Math.sin(direction) + aside * Math.cos(direction),
			}
		}),
		thickness: random.between(0.4, 0.8),
		strength: random.between(0.6, 0.9),
		blue: random.chance(0.7),
	}
}

/**
 * Up to `most`, and more often near it than near nothing, as a move in the plane is drawn: with it the scale
 * reads about as the project's facts say (100, 98, 98, 80, 53, 18 % by zxing alone).
 */
function leaning(random: Random, most: number): number {
	return most * Math.sqrt(random.fraction())
}

function glareOf(random: Random, most: number): Photograph['glare'][number] {
	return {
		added: random.between(0, most),
		x: random.between(-30, 30),
		y: random.between(-30, 30),
		radius: random.between(5, 14),
	}
}

function centreOf(
	view: View,
	width: number,
	height: number,
	pixelsPerModule: number,
	rotation: number,
	random: Random,
): Point {
	if (view === 'bottom') return centreOfBottom(width, height, pixelsPerModule, rotation, random)
	if (view === 'full') return centreOfFull(width, height, pixelsPerModule, rotation)
	return { x: width / 2, y: height / 2 }
}

/** The paper's end lies in the frame; the code with its quiet zone does in any case. */
function centreOfBottom(
	width: number,
	height: number,
	pixelsPerModule: number,
	rotation: number,
	random: Random,
): Point {
	const turn = (rotation * Math.PI) / 180
	const down = { x: -Math.sin(turn), y: Math.cos(turn) }
	const reach = Math.min(
		width / 2 / Math.max(1e-9, Math.abs(down.x)),
		height / 2 / Math.max(1e-9, Math.abs(down.y)),
	)
	const slack = Math.max(0, 2 * reach - stripHeight * pixelsPerModule)
	const margin = random.between(2, 8) * pixelsPerModule + random.between(0, 0.8) * slack
	const forward = reach - margin - belowCode * pixelsPerModule
	const aside = random.between(-0.12, 0.12) * Math.min(width, height)
	// A tilted code is larger on its near side, hence the quiet zone of four modules and two more.
	const room = (modulesOfQr / 2 + 6) * pixelsPerModule * (Math.abs(down.x) + Math.abs(down.y))
	const within = (value: number, size: number) =>
		room * 2 > size ? size / 2 : Math.min(size - room, Math.max(room, value))
	return {
		x: within(width / 2 + down.x * forward + down.y * aside, width),
		y: within(height / 2 + down.y * forward - down.x * aside, height),
	}
}

function centreOfFull(width: number, height: number, pixelsPerModule: number, rotation: number): Point {
	const turn = (rotation * Math.PI) / 180
	const forward = (stripHeight / 2 - belowCode) * pixelsPerModule
	return { x: width / 2 - Math.sin(turn) * forward, y: height / 2 + Math.cos(turn) * forward }
}
