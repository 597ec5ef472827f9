/** Pictures with one trouble each, drawn on a base of severity 0 to 2 so that nothing else is to blame. */
import sharp from 'sharp'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { PictureTrouble } from '#src/reading/trouble/picture-trouble.js'
import type { StripPrinter } from '#src/simulator/paper/strip.js'
import { photographActa } from '#src/simulator/photograph/photograph.js'
import {
	drawPhotograph,
	type Megapixels,
	type Photograph,
	penStroke,
} from '#src/simulator/photograph/severity.js'
import { Random } from '#src/simulator/random.js'
import { paperOf } from './photographs.ts'

/** `none` of the troubles: an acta as it should lie. `noise` and `poster` have no acta, and no right answer. */
export type Made = Exclude<PictureTrouble['code'], 'no-code'> | 'good' | 'noise' | 'poster'

export const made: readonly Made[] = [
	'good',
	'no-paper',
	'too-dark',
	'code-outside',
	'glare',
	'too-small',
	'blurred',
	'pen-on-code',
	'noise',
	'poster',
]

/** A JPEG. The same arguments give the same bytes. */
export async function troubledPicture(
	press: StripPrinter,
	which: Made,
	seed: string,
	megapixels: Megapixels,
): Promise<Uint8Array> {
	const random = new Random(`${seed}/${which}`)
	const base = drawPhotograph(random.pick([0, 1, 2] as const), `${seed} ${which}`, megapixels)
	const clean: Photograph = { ...base, glare: [], pen: [] }
	const take = (changed: Partial<Photograph>) =>
		photographActa(press, paperOf(seed, 15), presidential2024, { ...clean, ...changed })
	switch (which) {
		case 'good':
			return take({})
		case 'no-paper':
			return take({ centre: { x: -1e6, y: -1e6 } })
		case 'too-dark': {
			const share = random.between(0.01, 0.12)
			const [paper, print, tray] = [base.paper * share, base.darkestPrint * share, base.tray * share]
			return take({ paper, darkestPrint: print, tray, noise: { ...base.noise, sigma: random.between(2, 6) } })
		}
		case 'code-outside':
			return take(outside(clean, random))
		case 'glare':
			return take({ glare: glare(random) })
		case 'too-small': {
			const pixelsPerModule = random.between(1.1, 2)
			return take({ pixelsPerModule, ...(await inMiddle(clean, random)) })
		}
		case 'blurred': {
			const streak = { length: random.between(2.5, 5), direction: random.between(0, 180) }
			return take(random.chance(0.5) ? { defocus: random.between(0.8, 1.6) } : { streak })
		}
		case 'pen-on-code':
			return take({ pen: Array.from({ length: random.whole(3, 8) }, () => penStroke(random)) })
		case 'noise':
			return noise(clean, random)
		case 'poster':
			return poster(clean, random)
		default: {
			const never: never = which
			throw new Error(never)
		}
	}
}

/** A third partly cut off, a third beyond the edge, a third with its blank back to the camera. */
function outside({ rotation, width, height, pixelsPerModule, paper }: Photograph, random: Random) {
	const how = random.whole(0, 2)
	if (how === 2) return { darkestPrint: paper }
	const turn = (rotation * Math.PI) / 180
	const down = { x: -Math.sin(turn), y: Math.cos(turn) }
	const reach = Math.min(width / 2 / Math.abs(down.x), height / 2 / Math.abs(down.y))
	const beyond = how === 0 ? random.between(-16, 16) : random.between(40, 90)
	const forward = reach + beyond * pixelsPerModule
	return { centre: { x: width / 2 + down.x * forward, y: height / 2 + down.y * forward } }
}

function glare(random: Random): Photograph['glare'] {
	const spot = () => ({
		added: random.between(0.7, 1.5),
		x: random.between(-16, 16),
		y: random.between(-16, 16),
		radius: random.between(8, 25),
	})
	return Array.from({ length: random.whole(1, 2) }, spot)
}

async function inMiddle({ width, height }: Photograph, random: Random): Promise<Partial<Photograph>> {
	return { centre: { x: width * random.between(0.35, 0.65), y: height * random.between(0.35, 0.65) } }
}

function noise({ width, height }: Photograph, random: Random): Promise<Uint8Array> {
	const [mean, sigma] = [random.between(60, 200), random.between(20, 60)]
	const pixels = Uint8ClampedArray.from({ length: width * height }, () => mean + sigma * random.normal())
	return sharp(pixels, { raw: { width, height, channels: 1 } })
		.jpeg({ quality: 85 })
		.toBuffer()
}

/** Coloured fields, big letters and round shapes. */
function poster({ width, height }: Photograph, random: Random): Promise<Uint8Array> {
	const grey = () => `rgb(${[0, 0, 0].map(() => random.whole(0, 255)).join(',')})`
	const shapes = Array.from({ length: 25 }, () => {
		const [x, y] = [random.whole(0, width), random.whole(0, height)]
		const [wide, tall] = [random.whole(40, width / 2), random.whole(40, height / 3)]
		return random.chance(0.5)
			? `<rect x="${x}" y="${y}" width="${wide}" height="${tall}" fill="${grey()}"/>`
			: `<circle cx="${x}" cy="${y}" r="${tall}" fill="${grey()}"/>`
	})
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`
	return sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).jpeg({ quality: 85 }).toBuffer()
}
