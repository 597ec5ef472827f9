/**
 * What is connected to a kiosk. Numbers and choices, and a directory of harmless characters: nothing of it can
 * mean something to the shell that starts a camera. The descriptions make the page of the configuration.
 */
import * as z from 'zod'
import { longestRigDirectoryPath, shotDirectoryPath } from '../../capture/libcamera/shot-directory.ts'
import { imageRoles } from '../../evidence/entry.ts'

const share = z.number().min(0).max(1).describe('Share of the width or height of the view.')

export const Crop = z
	.strictObject({ x: share, y: share, width: share, height: share })
	.refine(({ x, y, width, height }) => width > 0 && height > 0 && x + width <= 1 && y + height <= 1, {
		error: 'must lie within the view',
	})
export type Crop = z.infer<typeof Crop>

/** One camera with everything about its pictures fixed. */
const Lens = z.strictObject({
	camera: z.int().min(0).max(3).describe('As `rpicam-still --list-cameras` counts them.'),
	size: z
		.strictObject({
			width: z.int().min(640).max(16_384).describe('Pixels.'),
			height: z.int().min(480).max(16_384).describe('Pixels.'),
		})
		.optional()
		.describe('Of a picture; without it that of the whole sensor.'),
	exposure: z
		.strictObject({
			shutter: z.int().min(10).max(1_000_000).describe('Microseconds.'),
			gain: z.number().min(1).max(64).describe('Of the sensor.'),
		})
		.describe('Fixed, so that no paper is taken otherwise than another.'),
	whiteBalance: z
		.strictObject({
			red: z.number().min(0.1).max(16).describe('Gain over green.'),
			blue: z.number().min(0.1).max(16).describe('Gain over green.'),
		})
		.describe('Fixed too.'),
	focus: z.number().min(0).max(32).optional().describe('Dioptres (1 / metres), for a lens that moves.'),
	rotation: z.literal([0, 180]).default(0).describe('Degrees.'),
	crop: Crop.optional().describe('The part of the view that is taken; all of it without.'),
})

const rig = {
	cameras: z
		.array(Lens.extend({ role: z.enum(imageRoles).describe('Which part of the paper it sees.') }))
		.min(1)
		.max(4)
		.refine((all) => new Set(all.map(({ camera }) => camera)).size === all.length, {
			error: 'each camera is used once',
		})
		.refine((all) => new Set(all.map(({ role }) => role)).size === all.length, {
			error: 'each role is had once',
		})
		.describe('One to four.'),
	order: z
		.enum(['in-turn', 'together'])
		.default('in-turn')
		.describe('`in-turn` where cameras share a connector, an image processor or a lamp.'),
	directory: z
		.string()
		.max(longestRigDirectoryPath)
		.regex(shotDirectoryPath)
		.default('/run/testigo/camera')
		.describe('For pictures until they are read; in production on tmpfs.'),
}

export const CameraConfig = z.discriminatedUnion('kind', [
	z.strictObject({
		kind: z.literal('folder').describe('A scanner saves into a folder; each file is a paper.'),
		directory: z.string().min(1).max(4096).describe('The folder; in production on tmpfs.'),
		settle: z
			.int()
			.min(10)
			.max(600_000)
			.default(400)
			.describe('Milliseconds for which a file must stay as it is before it counts as complete.'),
	}),
	z.strictObject({ kind: z.literal('libcamera').describe('A program is started for each picture.'), ...rig }),
	z.strictObject({
		kind: z.literal('libcamera-warm').describe('`rpicam-still` is kept running.'),
		...rig,
		settle: z.int().min(0).max(5_000).default(200).describe('Milliseconds between light and picture.'),
	}),
])

const line = z.int().min(0).max(27).describe('Line of the header, by its BCM number. Each is used once.')

const Contact = z.strictObject({
	kind: z.literal('gpio').describe('A contact on a line of the header.'),
	line,
	active: z.enum(['high', 'low']).default('low').describe('Level while a paper is there or it is pressed.'),
	bias: z.enum(['none', 'pull-up', 'pull-down']).default('pull-up').describe('Resistor of the line.'),
	debounce: z.int().min(1).max(5_000).default(30).describe('Milliseconds that a level must last to count.'),
})

export const ButtonConfig = z.union([z.enum(['auto', 'keyboard', 'none']), Contact])

export const TrayConfig = z.union([
	z.enum(['auto', 'button']),
	Contact.extend({ debounce: Contact.shape.debounce.unwrap().default(300).describe('As of a button.') }),
	Lens.extend({
		kind: z.literal('preview').describe('A camera that watches the tray and does nothing else.'),
	}),
])

const Lamp = z.strictObject({
	line,
	active: z.enum(['high', 'low']).default('high').describe('Level by which it is on.'),
})

export const SignalsConfig = z.strictObject({
	light: Lamp.optional().describe('The light over the tray.'),
	green: Lamp.optional().describe('A lamp for what went well.'),
	red: Lamp.optional().describe('A lamp for what did not.'),
	buzzer: Lamp.optional().describe('A buzzer for both.'),
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

/** What no part can see for itself; each fault with the path that it is reported at. */
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
