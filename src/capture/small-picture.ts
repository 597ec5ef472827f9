/**
 * A preview frame as the placement watch looks at it: some 80 points across, in the logarithm of the light, where
 * a change of lamp or exposure adds the same to neighbours and so falls out of every difference between them.
 */
import type { PreviewFrame } from './preview.ts'

export interface Picture {
	readonly width: number
	readonly height: number
	/** Row by row. */
	readonly values: Float32Array
}

/** Points across at most; finer shows noise, coarser loses a strip's width of 14 pixels in 160. */
const pointsAcross = 80

/** Grey levels added before the logarithm, so that noise in the dark is not blown up. */
const darkness = 10

const logarithms = Float32Array.from({ length: 256 * 16 }, (_, at) => Math.log(at / 16 + darkness))

/** The mean of each block of pixels, as a logarithm. */
export function pictureOf({ width, height, grey }: PreviewFrame): Picture {
	const block = Math.max(1, Math.floor(width / pointsAcross))
	const [across, down] = [Math.floor(width / block), Math.floor(height / block)]
	const values = new Float32Array(across * down)
	const share = 16 / (block * block)
	for (let y = 0; y < down; y++) {
		for (let x = 0; x < across; x++) {
			let sum = 0
			for (let row = y * block; row < (y + 1) * block; row++) {
				const start = row * width + x * block
				for (let at = start; at < start + block; at++) sum += grey[at] ?? 0
			}
			values[y * across + x] = logarithms[Math.floor(sum * share)] ?? 0
		}
	}
	return { width: across, height: down, values }
}

/** Half the size: each value the mean of four. */
export function halved({ width, height, values }: Picture): Picture {
	const [across, down] = [width >> 1, height >> 1]
	const half = new Float32Array(across * down)
	for (let y = 0; y < down; y++) {
		for (let x = 0; x < across; x++) {
			const at = 2 * y * width + 2 * x
			const below = at + width
			half[y * across + x] =
				((values[at] ?? 0) + (values[at + 1] ?? 0) + (values[below] ?? 0) + (values[below + 1] ?? 0)) / 4
		}
	}
	return { width: across, height: down, values: half }
}

/** Moves `average` by `share` of the way towards `picture`, in place. */
export function follow(average: Picture, picture: Picture, share: number): void {
	const { values } = average
	for (let at = 0; at < values.length; at++) {
		values[at] = (values[at] ?? 0) + share * ((picture.values[at] ?? 0) - (values[at] ?? 0))
	}
}

/** Points between which a step is measured: half of a sharp edge at least lies within, of a soft one little. */
const reach = 1

/**
 * The share of neighbours between which the picture changed sharply. Lamps, exposure, sun and soft shadows change
 * both alike. What counts as sharp is at least `step`, and four standard deviations of the noise. A camera's noise
 * is about the same in bright and dark, in grey levels, so it weighs most where it is dark; how large it is the
 * pictures themselves tell, as half of all neighbours never see a change.
 */
export function sharplyChanged(one: Picture, other: Picture, step: number): number {
	const { width, height } = one
	const difference = minus(one, other)
	const darker = one.values.map((value, at) => Math.exp(Math.min(value, other.values[at] ?? 0)))
	const pairs = (width - reach) * height + width * (height - reach)
	const changes = new Float32Array(pairs)
	const greys = new Float32Array(pairs)
	let count = 0
	const compare = (here: number, there: number) => {
		changes[count] = Math.abs((difference[there] ?? 0) - (difference[here] ?? 0))
		greys[count++] = Math.min(darker[here] ?? 0, darker[there] ?? 0)
	}
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const at = y * width + x
			if (x + reach < width) compare(at, at + reach)
			if (y + reach < height) compare(at, at + reach * width)
		}
	}
	const sample = changes.map((change, at) => change * (greys[at] ?? 0)).filter((_, at) => at % 5 === 0)
	// A normal's median absolute value is 0.67 standard deviations.
	const noise = (sample.sort()[sample.length >> 1] ?? 0) / 0.67
	let sharp = 0
	for (let pair = 0; pair < pairs; pair++) {
		if ((changes[pair] ?? 0) > Math.max(step, (4 * noise) / (greys[pair] ?? 1))) sharp++
	}
	return sharp / pairs
}

function minus(one: Picture, other: Picture): Float32Array {
	const difference = new Float32Array(one.values.length)
	for (let at = 0; at < difference.length; at++) {
		difference[at] = (one.values[at] ?? 0) - (other.values[at] ?? 0)
	}
	return difference
}

/** What is brighter in a picture than it was in another. */
export interface Brighter {
	/** Share of the picture. */
	readonly area: number
	/** Share of its outline at which the light steps up as paper's edge does, not little by little. */
	readonly sharpness: number
	/** The median rise within it over what did not change, logarithm. */
	readonly rise: number
}

export interface BrightnessLimits {
	/** Logarithms above the part of the picture that did not change, and above what was there before. */
	readonly aboveRest: number
	readonly aboveBefore: number
}

/**
 * What did not change is taken to be the 30th percentile: paper may cover two thirds of the view, and automatic
 * exposure may darken the rest.
 */
export function brighter(now: Picture, before: Picture, limits: BrightnessLimits): Brighter {
	const difference = minus(now, before)
	const sample = difference.filter((_, at) => at % 7 === 0).sort()
	const rest = sample[Math.floor(sample.length * 0.3)] ?? 0
	const least = Math.max(rest + limits.aboveRest, limits.aboveBefore)
	const mask = new Uint8Array(difference.length)
	const rises: number[] = []
	for (let at = 0; at < mask.length; at++) {
		if ((difference[at] ?? 0) <= least) continue
		mask[at] = 1
		rises.push((difference[at] ?? 0) - rest)
	}
	return {
		area: rises.length / mask.length,
		sharpness: sharpnessOf(mask, difference, now, limits.aboveRest),
		rise: Float32Array.from(rises).sort()[rises.length >> 1] ?? 0,
	}
}

/** Over three points paper's edge rises wholly; a shadow's that is ten pixels soft, by half of what it does over seven. */
function sharpnessOf(
	mask: Uint8Array,
	difference: Float32Array,
	{ width, height }: Picture,
	least: number,
): number {
	let [outline, sharp] = [0, 0]
	for (let y = 3; y < height - 4; y++) {
		for (let x = 3; x < width - 4; x++) {
			const at = y * width + x
			for (const next of [1, width]) {
				if (mask[at] === mask[at + next]) continue
				const sign = mask[at] === 1 ? 1 : -1
				const rise = (apart: number) =>
					sign * ((difference[at - apart * next] ?? 0) - (difference[at + (1 + apart) * next] ?? 0))
				outline++
				if (rise(1) >= least && rise(1) >= 0.7 * rise(3)) sharp++
			}
		}
	}
	return outline === 0 ? 0 : sharp / outline
}
