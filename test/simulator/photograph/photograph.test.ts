import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { openStripPrinter, type StripPrinter } from '#src/simulator/paper/strip.js'
import { photographActa } from '#src/simulator/photograph/photograph.js'
import { drawPhotograph, type Photograph, severities } from '#src/simulator/photograph/severity.js'
import { openQrReader, paper, text } from '../../support/printed-actas.ts'

let press: StripPrinter
let read: Awaited<ReturnType<typeof openQrReader>>
beforeAll(async () => {
	press = await openStripPrinter()
	read = await openQrReader()
})

const take = (photograph: Photograph) => photographActa(press, paper, presidential2024, photograph)
const texts = async (jpeg: Uint8Array) => (await read(jpeg)).map((result) => result.text)

describe('a photograph at S0', () => {
	test.each(['a', 'b', 'c', 'd', 'e', 'f'])('seed %s: the payload survives to the letter', async (seed) => {
		const [code] = await read(await take(drawPhotograph(0, seed, 3)))
		expect(code).toMatchObject({ text, version: '8', ecLevel: 'Q' })
	})

	test('also with 12 MP, and of the whole strip', async () => {
		const bottom = await take(drawPhotograph(0, 'a', 12))
		expect(await sharp(bottom).metadata()).toMatchObject({ format: 'jpeg', width: 3040, height: 4056 })
		expect(await texts(bottom)).toEqual([text])
		const full = drawPhotograph(0, 'a', 12, 'full')
		expect(full.pixelsPerModule).toBeCloseTo(5.2, 1)
		expect(await texts(await take(full))).toEqual([text])
	})
})

test('the same seed gives the same bytes, another seed others, at the best level and at the worst', async () => {
	for (const severity of [0, 5] as const) {
		const one = await take(drawPhotograph(severity, 'a', 3))
		const same = await take(drawPhotograph(severity, 'a', 3))
		const other = await take(drawPhotograph(severity, 'b', 3))
		expect(Buffer.from(one).equals(same)).toBe(true)
		expect(Buffer.from(one).equals(other)).toBe(false)
	}
})

test('worse levels are read less', async () => {
	const seeds = Array.from({ length: 8 }, (_, index) => `level ${index}`)
	const count = async (severity: 1 | 5) => {
		let found = 0
		for (const seed of seeds) {
			const [code] = await texts(await take(drawPhotograph(severity, seed, 3)))
			expect(code ?? text).toBe(text)
			if (code === text) found++
		}
		return found
	}
	const [easy, hopeless] = [await count(1), await count(5)]
	expect(easy).toBeGreaterThanOrEqual(7)
	expect(hopeless).toBeLessThanOrEqual(4)
})

describe('what is drawn', () => {
	const draws = severities.map((severity) =>
		Array.from({ length: 200 }, (_, index) => drawPhotograph(severity, `draw ${index}`, index % 2 ? 3 : 12)),
	)

	test('stays within the bounds of its level', () => {
		const bound: [(photograph: Photograph) => number, readonly number[]][] = [
			[(photograph) => photograph.tilt.degrees, [3, 8, 12, 17, 21, 25]],
			[(photograph) => photograph.defocus, [0.1, 0.18, 0.26, 0.34, 0.42, 0.5]],
			[(photograph) => photograph.streak.length, [0, 0.3, 0.6, 0.9, 1.2, 1.5]],
			[(photograph) => photograph.darkestPrint, [0.15, 0.25, 0.35, 0.45, 0.55, 0.66]],
			[(photograph) => photograph.light.lost, [0.05, 0.2, 0.35, 0.5, 0.6, 0.7]],
			[(photograph) => photograph.glare[0]?.added ?? 0, [0, 0.15, 0.3, 0.45, 0.6, 0.8]],
			[(photograph) => photograph.curl.peak, [0, 0.4, 0.8, 1.3, 1.8, 2.4]],
			[(photograph) => photograph.creases.length, [0, 1, 1, 2, 3, 4]],
			[(photograph) => photograph.deadDots.length, [0, 0, 1, 1, 2, 3]],
			[(photograph) => photograph.fading.amplitude, [0, 0.1, 0.2, 0.3, 0.4, 0.5]],
			[(photograph) => photograph.noise.sigma, [1.5, 3, 4.5, 6, 8, 10]],
			[(photograph) => photograph.pixelsPerModule, [9, 8, 7, 6, 5.2, 4.5]],
			[(photograph) => -photograph.pixelsPerModule, [-6, -4.8, -4, -3.2, -2.6, -2.2]],
			[(photograph) => photograph.jpegQuality, [95, 93, 90, 88, 85, 82]],
			[(photograph) => -photograph.jpegQuality, [-90, -85, -78, -72, -66, -60]],
		]
		for (const [value, most] of bound) {
			draws.forEach((level, severity) => {
				const highest = Math.max(...level.map(value))
				expect(highest).toBeLessThanOrEqual(most[severity] ?? 0)
				// The bound is also come near to: the level is as bad as it says.
				expect(highest).toBeGreaterThanOrEqual((most[severity] ?? 0) - Math.abs(most[severity] ?? 0) / 10)
			})
		}
	})

	test('a pen crosses the code as often as the level says', () => {
		const share = draws.map((level) => level.filter(({ pen }) => pen.length > 0).length / level.length)
		const expected = [0, 0.15, 0.3, 0.45, 0.55, 0.65]
		share.forEach((value, severity) => {
			expect(Math.abs(value - (expected[severity] ?? 0))).toBeLessThan(0.12)
		})
	})

	test('at S0 a strip lies at most five degrees off a right angle', () => {
		for (const { rotation } of draws[0] ?? []) {
			const off = ((rotation % 90) + 90) % 90
			expect(Math.min(off, 90 - off)).toBeLessThanOrEqual(5)
		}
	})
})
