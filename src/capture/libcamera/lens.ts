/**
 * One camera of a rig, and the words that make libcamera's programs use it so. Exposure, white balance and
 * focus are fixed: left to the camera they change from picture to picture, and the first picture after a start
 * is the worst.
 */
export interface Lens {
	/** As `rpicam-still --list-cameras` counts them, 0 to 3. */
	readonly camera: number
	/** Which part of the strip it sees. */
	readonly role: string
	/** Pixels; the whole sensor without it. */
	readonly size?: { readonly width: number; readonly height: number } | undefined
	/** Shutter in microseconds; gain 1 is none. */
	readonly exposure: { readonly shutter: number; readonly gain: number }
	/** Gains over green. */
	readonly whiteBalance: { readonly red: number; readonly blue: number }
	/** Dioptres: 1 / metres. Without it the lens is one that can't move. */
	readonly focus?: number | undefined
	/** Degrees. */
	readonly rotation: 0 | 180
	/** Shares of the view. */
	readonly crop?: Crop | undefined
}

interface Crop {
	readonly x: number
	readonly y: number
	readonly width: number
	readonly height: number
}

/** Long options without their dashes, in the forms of `node-libcamera`; true for one without a value. */
export type Options = Readonly<
	Record<string, string | number | true | readonly number[] | Readonly<Record<string, number>>>
>

/** What still pictures and previews have in common. */
export function lensOptions(lens: Lens): Options {
	const { camera, exposure, whiteBalance, focus, rotation, crop } = lens
	return {
		camera,
		nopreview: true,
		shutter: exposure.shutter,
		gain: exposure.gain,
		awbgains: [whiteBalance.red, whiteBalance.blue],
		...(focus === undefined ? {} : { 'autofocus-mode': 'manual', 'lens-position': focus }),
		...(rotation === 0 ? {} : { rotation }),
		...(crop === undefined ? {} : { roi: { x: crop.x, y: crop.y, w: crop.width, h: crop.height } }),
	}
}

export function stillOptions(lens: Lens): Options {
	const { size } = lens
	return {
		...lensOptions(lens),
		...(size === undefined ? {} : { width: size.width, height: size.height }),
		encoding: 'jpg',
		quality: 93,
	}
}

/** The same as words of a command line. */
export function lensArguments(options: Options): string[] {
	return Object.entries(options).flatMap(([name, value]) => {
		if (value === true) return [`--${name}`]
		return [`--${name}`, typeof value === 'object' ? Object.values(value).join() : String(value)]
	})
}
