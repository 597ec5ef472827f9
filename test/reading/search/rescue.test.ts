import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Acta, formatPayload } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { fail } from '#src/platform/result.js'
import { chooseReading } from '#src/reading/choose.js'
import { decodeGrey, type Grey } from '#src/reading/decode-grey.js'
import { type PictureSearch, searchPicture } from '#src/reading/search/picture-search.js'
import { QrSearch } from '#src/reading/search/qr-search.js'
import { openStripPrinter, type Paper, type StripPrinter } from '#src/simulator/paper/strip.js'
import { type Neighbour, photographActa } from '#src/simulator/photograph/photograph.js'
import { apply, projectionOf } from '#src/simulator/photograph/projection.js'
import { drawPhotograph, type Photograph, penStroke } from '#src/simulator/photograph/severity.js'
import { Random } from '#src/simulator/random.js'
import { gotten } from '../../support/result.ts'
import { qrPicture } from '../qr-picture.ts'

let press: StripPrinter
let search: QrSearch
beforeAll(async () => {
	press = await openStripPrinter()
	search = await QrSearch.load()
})

/** A still picture straight from above, in even light: each test adds one fault to it. */
const clean: Photograph = {
	...drawPhotograph(0, 'clean', 3),
	...{ pixelsPerModule: 6, rotation: 4, noise: { sigma: 2, seed: 'grain' }, jpegQuality: 90 },
	...{ defocus: 0.1, darkestPrint: 0.15 },
}

async function greyOf(
	photograph: Photograph,
	neighbours: readonly Neighbour[] = [],
	paper = invented('one'),
): Promise<Grey> {
	const jpeg = await photographActa(press, paper, presidential2024, photograph, neighbours)
	return gotten(await decodeGrey(jpeg, 'image/jpeg', 20))
}

const stroke = (x0: number, y0: number, x1: number, y1: number) => [
	{ x: x0, y: y0 },
	{ x: x1, y: y1 },
]
/** Without the end of its time, which comes early on a machine that does much else. */
const searched = (grey: Grey) => searchPicture(grey, search, presidential2024, () => 0)
const readingOf = (codes: readonly Uint8Array[]) =>
	chooseReading(codes, presidential2024, () => fail('no-code', 'not looked into').fault)
const said = ({ codes }: PictureSearch) => readingOf(codes)
const one = { kind: 'acta', acta: invented('one').acta }

describe('what zxing alone does not read', () => {
	const faults: [string, Partial<Photograph>][] = [
		[
			'a pen through a finder pattern',
			{ pen: [{ points: stroke(-30, -21, -8, -21), thickness: 0.8, strength: 0.9, blue: true }] },
		],
		[
			'black ink through a finder pattern and three alignment patterns',
			{ pen: [{ points: stroke(21, -30, 21, 30), thickness: 1, strength: 0.9, blue: false }] },
		],
		['defocus of two thirds of a module', { defocus: 0.65 }],
		['a hand that moved', { streak: { length: 1.5, direction: 40 }, defocus: 0.45 }],
		['curl of two and a half modules', { curl: { peak: 2.4, length: 62, phase: 40, direction: 70 } }],
		[
			'faded print, small and noisy',
			{ darkestPrint: 0.6, noise: { sigma: 9, seed: 'x' }, defocus: 0.4, pixelsPerModule: 3 },
		],
		[
			'all at once',
			{
				...{ pixelsPerModule: 3, defocus: 0.38, streak: { length: 1, direction: 110 }, rotation: 231 },
				...{ tilt: { degrees: 14, towards: 70 }, darkestPrint: 0.5 },
				pen: [{ points: stroke(-20, -24, 0, 20), thickness: 0.7, strength: 0.9, blue: true }],
			},
		],
	]
	test.each(faults)('%s is read by the grid', async (_, fault) => {
		const grey = await greyOf({ ...clean, ...fault })
		expect(search.codes(grey, 'thorough')).toHaveLength(0)
		const result = searched(grey)
		expect(result.stage).toBe('grid')
		expect(said(result)).toMatchObject(one)
	})

	test.each([0, 90, 180, 270])('turned by %i degrees', async (rotation) => {
		const grey = await greyOf({ ...clean, rotation: rotation + 7, defocus: 0.65 })
		expect(said(searched(grey))).toMatchObject(one)
	})
})

describe('where the code lies and how large its modules are', () => {
	test.each([
		['whole', clean],
		['grid', { ...clean, defocus: 0.65, tilt: { degrees: 12, towards: 30 } }],
	] as const)('as %s saw it', async (stage, photograph) => {
		const { sighting, stage: by } = searched(await greyOf(photograph))
		expect(by).toBe(stage)
		expect(sighting?.modulePixels).toBeCloseTo(photograph.pixelsPerModule, 0)
		const truth = projectionOf(photograph)
		const corners = [
			[-24.5, -24.5],
			[24.5, -24.5],
			[24.5, 24.5],
			[-24.5, 24.5],
		].map(([x = 0, y = 0]) => apply(truth, { x, y }))
		corners.forEach((corner, index) => {
			const seen = sighting?.corners[index] ?? { x: 0, y: 0 }
			expect(Math.hypot(seen.x - corner.x, seen.y - corner.y)).toBeLessThan(photograph.pixelsPerModule)
		})
	})

	test('is said of a code that could not be read', async () => {
		const grey = await greyOf({
			...clean,
			pen: [0, 1, 2, 3, 4, 5, 6].map((line) => ({
				points: stroke(-14, 4 * line - 8, 24, 4 * line - 8),
				...{ thickness: 2.5, strength: 0.95, blue: false },
			})),
		})
		const result = searched(grey)
		expect(said(result)).toMatchObject({ kind: 'unread', fault: { code: 'no-code' } })
		expect(result.sighting?.modulePixels).toBeCloseTo(clean.pixelsPerModule, 0)
	})
})

describe('two actas in view', () => {
	const beside = { ...clean, ...drawPhotograph(0, 'pair', 12), rotation: 2, pixelsPerModule: 6 }
	const centre = { x: 1100, y: beside.height - 900 }
	const neighbour = { paper: invented('two'), across: 76, down: -20, turned: 5 }

	test.each([
		['both read at once', {}],
		['both only by the grid', { defocus: 0.65 }],
		[
			'one crossed by a pen',
			{ pen: [{ points: stroke(-30, -21, -8, -21), thickness: 0.8, strength: 0.9, blue: true }] },
		],
	])('%s are not read', async (_, fault) => {
		const grey = await greyOf({ ...beside, centre, rotation: 2, ...fault }, [neighbour])
		expect(said(searched(grey))).toMatchObject({ kind: 'unread', fault: { code: 'several-codes' } })
	})
})

describe('pictures without an acta', () => {
	const noise = (width: number, height: number, cell: number) => {
		const random = new Random(`noise ${cell}`)
		const across = Math.ceil(width / cell)
		const cells = Uint8Array.from({ length: across * Math.ceil(height / cell) }, () => random.whole(0, 255))
		const plane = new Uint8Array(width * height).map(
			(_, at) => cells[Math.floor(at / width / cell) * across + Math.floor((at % width) / cell)] ?? 0,
		)
		return { plane, width, height }
	}
	const flat = (value: number) => ({
		plane: new Uint8Array(3_000_000).fill(value),
		width: 2000,
		height: 1500,
	})
	const hostile: [string, Grey][] = [
		['black', flat(0)],
		['white', flat(255)],
		['noise', noise(2000, 1500, 1)],
		['noise in squares of 5', noise(2000, 1500, 5)],
		['noise in squares of 40', noise(2000, 1500, 40)],
		[
			'a checkerboard',
			{ ...flat(0), plane: flat(0).plane.map((_, at) => (((at % 2000) + Math.floor(at / 2000)) % 2) * 255) },
		],
		['stripes', { ...flat(0), plane: flat(0).plane.map((_, at) => (Math.floor(at / 5) % 2) * 255) }],
		[
			'a row of pixels',
			{ plane: new Uint8Array(9000).map((_, at) => (at % 7) * 36), width: 9000, height: 1 },
		],
		[
			'a column of pixels',
			{ plane: new Uint8Array(9000).map((_, at) => (at % 7) * 36), width: 1, height: 9000 },
		],
		['one pixel', { plane: new Uint8Array(1), width: 1, height: 1 }],
	]
	test.each(hostile)('%s: nothing is read', (_, grey) => {
		expect(searched(grey)).toMatchObject({ codes: [], stage: null, sighting: null })
	})

	test('a strip without its code in view', async () => {
		const above = drawPhotograph(2, 'above', 3)
		const grey = await greyOf({ ...above, centre: { x: 700, y: above.height + 1200 }, rotation: 3 })
		expect(searched(grey)).toMatchObject({ codes: [], sighting: null })
	})

	test('a field of finder patterns is given up', async () => {
		const finder = [0x7f, 0x41, 0x5d, 0x5d, 0x5d, 0x41, 0x7f]
		const plane = new Uint8Array(4_000_000).map((_, at) => {
			const [x, y] = [Math.floor((at % 2000) / 4) % 9, Math.floor(at / 2000 / 4) % 9]
			return (((finder[y] ?? 0) >> x) & 1) === 1 ? 0 : 255
		})
		expect(searched({ plane, width: 2000, height: 2000 })).toMatchObject({ codes: [] })
	})

	test('rescue ends when its time is up', async () => {
		const grey = await greyOf({ ...clean, defocus: 0.65 })
		let time = 0
		const late = searchPicture(grey, search, presidential2024, () => {
			time += 2000
			return time
		})
		expect(late).toMatchObject({ codes: [], stage: null })
	})
})

test('a web address in view hides no acta, however badly the acta is printed', async () => {
	const grey = await greyOf({ ...clean, defocus: 0.65 })
	const poster = await sharp(await qrPicture('https://example.org'))
		.extractChannel(0)
		.raw()
		.toBuffer({ resolveWithObject: true })
	for (let row = 0; row < poster.info.height; row++) {
		const from = poster.data.subarray(row * poster.info.width, (row + 1) * poster.info.width)
		grey.plane.set(from, (row + 40) * grey.width + 40)
	}
	expect(said(searched(grey))).toMatchObject(one)
})

test('at severity 4 and with a pen over the code, more than zxing alone, and nothing wrong', async () => {
	const read = { testigo: 0, zxing: 0 }
	for (let frame = 0; frame < 10; frame++) {
		const seed = `test/4/3/${frame}`
		const drawn = drawPhotograph(4, seed, 3)
		const pen = drawn.pen.length > 0 ? drawn.pen : [penStroke(new Random(`${seed}/forced`))]
		const paper = invented(seed)
		const grey = await greyOf({ ...drawn, pen }, [], paper)
		const zxing = search.codes(grey, 'thorough').map(({ bytes }) => bytes)
		for (const [by, codes] of Object.entries({ zxing, testigo: searched(grey).codes })) {
			const reading = readingOf(codes)
			if (reading.kind !== 'acta') continue
			expect(reading.text, `${by}, frame ${frame}`).toBe(formatPayload(paper.acta))
			read[by as keyof typeof read]++
		}
	}
	expect(read.testigo).toBeGreaterThan(read.zxing + 2)
})

/** An acta of nowhere, with counts like those of 2024. */
function invented(seed: string): Paper {
	const random = new Random(`${seed}/votes`)
	const digits = (most: number, length: number) => String(random.whole(1, most)).padStart(length, '0')
	const centro = `${digits(24, 2)}${digits(20, 2)}${digits(9, 2)}${digits(80, 3)}`
	const mesa = digits(15, 2)
	const votes = presidential2024.cards.map(({ candidate, sigla }) => {
		if (sigla === 'MUD' || sigla === 'PSUV') return random.whole(10, 400)
		return random.chance(candidate === 'EG' || candidate === 'NM' ? 0.5 : 0.2) ? random.whole(1, 30) : 0
	})
	const acta: Acta = {
		code: `${centro}.${mesa}.1.0001`,
		centro,
		mesa,
		votes,
		nullVotes: random.chance(0.04) ? 1 : 0,
		emptyVotes: 0,
	}
	const place = { state: 'EDO. MUESTRA', municipality: 'MP. MUESTRA', parish: 'PQ. MUESTRA', electors: 900 }
	return { acta, place, seed }
}
