import { beforeAll, describe, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { decodeGrey, type Grey } from '#src/reading/decode-grey.js'
import { type PictureTrouble, pictureTroubleOf } from '#src/reading/trouble/picture-trouble.js'
import { openStripPrinter, type StripPrinter } from '#src/simulator/paper/strip.js'
import { photographActa } from '#src/simulator/photograph/photograph.js'
import { drawPhotograph, type Photograph, penStroke } from '#src/simulator/photograph/severity.js'
import { Random } from '#src/simulator/random.js'
import { openQrReader, paper } from '../../support/printed-actas.ts'
import { gotten } from '../../support/result.ts'

let press: StripPrinter
let read: Awaited<ReturnType<typeof openQrReader>>
beforeAll(async () => {
	press = await openStripPrinter()
	read = await openQrReader()
})

const good: Photograph = { ...drawPhotograph(0, 'a', 3), rotation: 0 }
const random = new Random('strokes')
const { width, height, pixelsPerModule, centre } = good

const troubles: [string, PictureTrouble['code'], RegExp, Partial<Photograph>][] = [
	['an empty tray', 'no-paper', /brightness/, { centre: { x: -1e6, y: -1e6 } }],
	['a lamp that is off', 'too-dark', /at least/, { paper: 0.06, darkestPrint: 0.01, tray: 0.02 }],
	['the code beyond the edge', 'code-outside', /nothing/, { centre: { x: width / 2, y: height + 330 } }],
	['half the code beyond the edge', 'code-outside', /cut off/, { centre: { x: width / 2, y: height } }],
	['face down', 'code-outside', /nothing/, { darkestPrint: good.paper }],
	['a lamp in the code', 'glare', /%/, { glare: [{ added: 1.2, x: 3, y: 0, radius: 16 }] }],
	[
		'a camera far away',
		'too-small',
		/: too small, \d\.\d pixels a module/,
		{ pixelsPerModule: 1, centre: { x: width / 2, y: height / 2 } },
	],
	['out of focus', 'blurred', /blurred by/, { defocus: 1.1 }],
	['a hand that moves', 'blurred', /blurred by/, { streak: { length: 3, direction: 20 } }],
	[
		'a code that was crossed out',
		'pen-on-code',
		/ink/,
		{ pen: Array.from({ length: 16 }, () => penStroke(random)) },
	],
]

test.each(troubles)('%s: %s', async (_, code, detail, changed) => {
	const jpeg = await photographActa(press, paper, presidential2024, { ...good, ...changed })
	expect(await read(jpeg)).toHaveLength(0)
	expect(pictureTroubleOf(await greyOf(jpeg))).toEqual({ code, detail: expect.stringMatching(detail) })
})

test.each([90, 180])('turned by %i degrees, the same is told', async (rotation) => {
	const changed = { rotation, centre: { x: width / 2, y: height / 2 }, defocus: 1.1 }
	const jpeg = await photographActa(press, paper, presidential2024, { ...good, ...changed })
	expect(pictureTroubleOf(await greyOf(jpeg)).code).toBe('blurred')
})

test.each([
	['as it should lie', good],
	['upside-down', { ...good, rotation: 180, centre: { x: width - centre.x, y: height - centre.y } }],
	['askew', { ...good, rotation: 30, centre: { x: width / 2, y: height / 2 } }],
])('a good picture, %s, shows no trouble', async (_, photograph) => {
	const jpeg = await photographActa(press, paper, presidential2024, photograph)
	expect(await read(jpeg)).toHaveLength(1)
	const trouble = pictureTroubleOf(await greyOf(jpeg))
	expect(trouble.code).toBe('no-code')
	// The measure is near what was rendered.
	const measured = Number(/([\d.]+) pixels a module/.exec(trouble.detail)?.[1])
	expect(Math.abs(measured / pixelsPerModule - 1)).toBeLessThan(0.08)
})

test('a picture of paper is never taken for an empty tray, however bad it is', async () => {
	for (const seed of ['a', 'b', 'c']) {
		const jpeg = await photographActa(press, paper, presidential2024, drawPhotograph(5, seed, 3))
		expect(pictureTroubleOf(await greyOf(jpeg)).code).not.toBe('no-paper')
	}
})

describe('planes of any size and content', () => {
	const sizes: [number, number][] = [
		[1, 1],
		[1, 50_000],
		[50_000, 1],
		[8, 6000],
		[6000, 9],
		[40, 40],
		[640, 480],
	]
	const contents: [string, (at: number) => number][] = [
		['black', () => 0],
		['white', () => 255],
		['grey', () => 100],
		['stripes', (at) => (at % 2) * 255],
		['noise', (at) => Math.imul(at + 7, 2654435761) >>> 24],
	]
	test.each(contents)('%s', (_, value) => {
		for (const [columns, rows] of sizes) {
			const plane = Uint8Array.from({ length: columns * rows }, (_, at) => value(at))
			expect(pictureTroubleOf({ plane, width: columns, height: rows }).detail).not.toBe('')
		}
	})

	test('what an even plane is depends on its brightness', () => {
		const told = (level: number) =>
			pictureTroubleOf({ plane: new Uint8Array(640 * 480).fill(level), width: 640, height: 480 }).code
		expect([0, 100, 255].map(told)).toEqual(['too-dark', 'no-paper', 'code-outside'])
	})
})

async function greyOf(jpeg: Uint8Array): Promise<Grey> {
	return gotten(await decodeGrey(jpeg, 'image/jpeg', 20))
}
