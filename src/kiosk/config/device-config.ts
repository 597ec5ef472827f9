/**
 * What is connected to a kiosk. Numbers and choices, and a directory of harmless characters: nothing of it can
 * mean something to the shell that starts a camera.
 */
import * as z from 'zod'
import { longestRigDirectoryPath, shotDirectoryPath } from '../../capture/libcamera/shot-directory.ts'

const milliseconds = z.int().min(10).max(600_000)
const share = z.number().min(0).max(1)

/** Shares of what is seen. */
export const Crop = z
	.strictObject({ x: share, y: share, width: share, height: share })
	.refine(({ x, y, width, height }) => width > 0 && height > 0 && x + width <= 1 && y + height <= 1, {
		error: 'must lie within the view',
	})
export type Crop = z.infer<typeof Crop>

/** One camera with everything about its pictures fixed. */
const Lens = z.strictObject({
	/** As `rpicam-still --list-cameras` counts them. */
	camera: z.int().min(0).max(3),
	/** Pixels; the whole sensor without it. */
	size: z
		.strictObject({ width: z.int().min(640).max(16_384), height: z.int().min(480).max(16_384) })
		.optional(),
	/** Shutter in microseconds, gain from 1. */
	exposure: z.strictObject({ shutter: z.int().min(10).max(1_000_000), gain: z.number().min(1).max(64) }),
	/** Gains over green. */
	whiteBalance: z.strictObject({ red: z.number().min(0.1).max(16), blue: z.number().min(0.1).max(16) }),
	/** Dioptres: 1 / metres; only for a lens that moves. */
	focus: z.number().min(0).max(32).optional(),
	rotation: z.union([z.literal(0), z.literal(180)]).default(0),
	crop: Crop.optional(),
})

export const cameraRoles = ['full', 'top', 'upper-middle', 'middle', 'lower-middle', 'bottom'] as const

const rig = {
	cameras: z
		.array(Lens.extend({ role: z.enum(cameraRoles) }))
		.min(1)
		.max(4)
		.refine((all) => new Set(all.map(({ camera }) => camera)).size === all.length, {
			error: 'each camera is used once',
		})
		.refine((all) => new Set(all.map(({ role }) => role)).size === all.length, {
			error: 'each role is had once',
		}),
	/** `in-turn` where cameras share a connector, an image processor or a lamp. */
	order: z.enum(['in-turn', 'together']).default('in-turn'),
	/** For pictures until they are read; in memory. */
	directory: z.string().max(longestRigDirectoryPath).regex(shotDirectoryPath).default('/run/testigo/camera'),
}

export const CameraConfig = z.discriminatedUnion('kind', [
	z.strictObject({
		kind: z.literal('folder'),
		/** Where the scanner saves; each file is a paper. */
		directory: z.string().min(1).max(4096),
		/** How long a file must stay as it is before it counts as complete. */
		settle: milliseconds.default(400),
	}),
	/** Started for each picture. */
	z.strictObject({ kind: z.literal('libcamera'), ...rig }),
	/** Kept running. */
	z.strictObject({
		kind: z.literal('libcamera-warm'),
		...rig,
		/** Milliseconds between the light and the picture. */
		settle: z.int().min(0).max(5_000).default(200),
	}),
])

/** A line of the header by its BCM number. */
const line = z.int().min(0).max(27)

const Contact = z.strictObject({
	kind: z.literal('gpio'),
	line,
	/** The level while a paper lies there or the button is pressed. */
	active: z.enum(['high', 'low']).default('low'),
	bias: z.enum(['none', 'pull-up', 'pull-down']).default('pull-up'),
	debounce: z.int().min(1).max(5_000).default(30),
})

export const ButtonConfig = z.union([z.enum(['auto', 'keyboard', 'none']), Contact])

export const TrayConfig = z.union([
	/** `auto`: a folder's files; with cameras the button, pressed for each paper. */
	z.enum(['auto', 'button']),
	Contact.extend({ debounce: Contact.shape.debounce.unwrap().default(300) }),
	/** A camera that looks at the tray all the time, and does nothing else. */
	Lens.extend({ kind: z.literal('preview') }),
])

const Lamp = z.strictObject({ line, active: z.enum(['high', 'low']).default('high') })

export const SignalsConfig = z.strictObject({
	light: Lamp.optional(),
	green: Lamp.optional(),
	red: Lamp.optional(),
	buzzer: Lamp.optional(),
})

export type CameraConfig = z.infer<typeof CameraConfig>
export type ButtonConfig = z.infer<typeof ButtonConfig>
export type TrayConfig = z.infer<typeof TrayConfig>
export type SignalsConfig = z.infer<typeof SignalsConfig>

export interface DeviceConfig {
	readonly camera: CameraConfig
	readonly tray: TrayConfig
	readonly button: ButtonConfig
	readonly signals: SignalsConfig
}

/** What no part can see for itself; each fault with the path that it is told at. */
export function clashesOf({
	camera,
	tray,
	button,
	signals,
}: DeviceConfig): { path: string[]; message: string }[] {
	const clashes: { path: string[]; message: string }[] = []
	const folder = camera.kind === 'folder'
	if (folder && tray !== 'auto') {
		clashes.push({ path: ['tray'], message: 'a folder is its own tray: must be "auto"' })
	}
	if (!folder && typeof tray === 'object' && tray.kind === 'preview') {
		if (camera.cameras.some((other) => other.camera === tray.camera)) {
			clashes.push({ path: ['tray', 'camera'], message: 'must be a camera that takes no pictures' })
		}
	}
	const used = new Map<number, string[]>()
	const lines: [string[], number | undefined][] = [
		[['tray', 'line'], typeof tray === 'object' && tray.kind === 'gpio' ? tray.line : undefined],
		[['button', 'line'], typeof button === 'object' ? button.line : undefined],
		...(['light', 'green', 'red', 'buzzer'] as const).map((name): [string[], number | undefined] => [
			['signals', name, 'line'],
			signals[name]?.line,
		]),
	]
	for (const [path, number] of lines) {
		if (number === undefined) continue
		const other = used.get(number)
		if (other !== undefined) clashes.push({ path, message: `line ${number} is ${other.join('.')} already` })
		used.set(number, path)
	}
	return clashes
}
