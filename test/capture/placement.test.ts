import { beforeAll, describe, expect, test } from 'vitest'
import { Random } from '#src/simulator/random.js'
import { type Happening, type PreviewSettings, usualPreview } from '../support/preview/preview.ts'
import type { Light, Pose, SmallPaper } from '../support/preview/preview-picture.ts'
import { drawPreview, drawVisits, drawWeather } from '../support/preview/preview-script.ts'
import { shortOrLong } from '../support/short-or-long.ts'
import { previewPapers } from './preview-papers.ts'
import { watchScript } from './watched-script.ts'

let papers: [SmallPaper, ...SmallPaper[]]
beforeAll(async () => {
	papers = await previewPapers(6)
})

const place: Pose = { x: 80, y: 60, angle: 90 }
const wait = (ms = 2500): Happening => ({ what: 'wait', ms })
const lay = (at = place): Happening => ({ what: 'lay', paper: papers[0], at })
const light = (to: Partial<Light>, ms = 0): Happening => ({ what: 'light', to, ms })
const take: Happening = { what: 'take' }

/** The happenings between a still empty tray and a rest, and what is told of them, as `event after what`. */
type Scene = readonly [string, () => Happening[], readonly string[]]
const visit = ['paper after lay', 'no-paper after take']
const scenes: readonly Scene[] = [
	['a paper is laid and taken away', () => [lay(), wait(), take], visit],
	[
		'it is nudged by itself, twice',
		() => {
			const nudge: Happening = { what: 'nudge', by: { x: 3, y: -2, angle: 1 } }
			return [lay(), wait(), nudge, wait(), nudge, wait(), take]
		},
		visit,
	],
	[
		'a hand pushes it aside',
		() => [lay(), wait(), { what: 'push', by: { x: 8, y: -6, angle: 3 } }, wait(), take],
		visit,
	],
	[
		'hands pass over it, and over the empty tray',
		() => {
			const pass: Happening = { what: 'pass', ms: 1500 }
			return [pass, wait(), lay(), wait(), pass, wait(), pass, wait(), take, wait(), pass]
		},
		visit,
	],
	[
		'another takes its place without a rest between',
		() => [lay(), wait(), { what: 'swap', paper: papers[1] ?? papers[0], at: place }, wait(), take],
		['paper after lay', 'no-paper after swap', 'paper after swap', 'no-paper after take'],
	],
	[
		'another is laid on top',
		() => [lay(), wait(), lay({ x: 78, y: 70, angle: 93 }), wait(), take],
		['paper after lay', 'no-paper after lay', 'paper after lay', 'no-paper after take'],
	],
	[
		'it is put away and laid again',
		() => [lay(), wait(), take, wait(1500), lay(), wait(), take],
		[...visit, ...visit],
	],
	[
		'dusk, and the sun again, over an empty tray',
		() => [light({ ambient: 0.25, slope: 0.5 }, 8000), wait(), light({ ambient: 1, slope: 0 }, 8000)],
		[],
	],
	[
		'a lamp is switched on and off over an empty tray',
		() => {
			const lamp = { x: 50, y: 40, radius: 50 }
			return [light({ lamp: { ...lamp, power: 0.6 } }), wait(), light({ lamp: { ...lamp, power: 0 } })]
		},
		[],
	],
	[
		'somebody leans over the empty tray for a while',
		() => {
			const shadow = { edge: 70, softness: 16 }
			return [
				light({ shadow: { ...shadow, depth: 0.5 } }, 500),
				wait(9000),
				light({ shadow: { ...shadow, depth: 0 } }),
			]
		},
		[],
	],
	[
		'a lamp is switched on while a paper lies, and off after it went',
		() => {
			const lamp = { x: 50, y: 40, radius: 60 }
			const [on, off] = [light({ lamp: { ...lamp, power: 0.4 } }), light({ lamp: { ...lamp, power: 0 } })]
			return [lay(), wait(), on, wait(), take, wait(), off]
		},
		visit,
	],
	['mains flicker', () => [light({ flicker: 0.08 }), wait(), lay(), wait(), take], visit],
	[
		'the stream stands still, then is gone, while a paper lies',
		() => [lay(), wait(), { what: 'freeze', ms: 4000 }, wait(), { what: 'drop', ms: 4000 }, wait(), take],
		visit,
	],
	[
		'the stream stands still with the hand in view: told only when it goes on',
		() => [{ what: 'freeze', ms: 5000 }, lay(), { what: 'freeze', ms: 5000 }, wait(), take],
		visit,
	],
]

const cameras: readonly [string, Partial<PreviewSettings>][] = [
	['with automatic exposure and noise', { autoExposure: true, noise: 5 }],
	['of the lower end', { pixelsPerModule: 0.6, row: 670 }],
	['at 5 frames a second', { framesPerSecond: 5 }],
]
const moreCameras: typeof cameras = [
	['of the whole strip', {}],
	['with noise', { noise: 8 }],
	['of a bright tray', { tray: 0.5, paper: 0.86, noise: 4 }],
]

describe.each(shortOrLong({ short: cameras, long: [...cameras, ...moreCameras] }))(
	'a picture %s',
	(_, camera) => {
		test.each(scenes)('%s', (name, script, expected) => {
			for (const seed of shortOrLong({ short: ['a'], long: ['a', 'b'] })) {
				const whole = [wait(), ...script(), wait(4000)]
				const { told } = watchScript(whole, { ...usualPreview, ...camera, seed: `${name}/${seed}` })
				expect(told.map(({ event, after }) => `${event} after ${whole[after]?.what}`)).toEqual(expected)
			}
		})
	},
)

const visits = shortOrLong({ short: 24, long: 200 })
test(`in ${visits} random scripts, papers are told once, and none where there is none`, () => {
	let [papersLaid, missed, untrue] = [0, 0, 0]
	const wrong: string[] = []
	for (let index = 0; index < visits; index++) {
		const draw = new Random(`visits ${index}`)
		const settings = { ...drawPreview(draw, `visits ${index}`), shrink: 2 as const }
		const script = [...drawVisits(draw, papers, 1), wait(4000)]
		const watched = watchScript(script, settings)
		papersLaid += script.filter(({ what }) => what === 'lay' || what === 'swap').length
		missed += watched.missed.length
		untrue += watched.untrue.length
		wrong.push(...watched.missed, ...watched.untrue)
		// Whatever it gets wrong, it never says the same thing twice, and knows in the end that the tray is empty.
		watched.told.forEach(({ event }, at) => {
			expect(event).toBe(at % 2 === 0 ? 'paper' : 'no-paper')
		})
		expect(watched.told.length % 2, settings.seed).toBe(0)
	}
	expect(papersLaid).toBeGreaterThan(1.1 * visits)
	expect(missed, wrong.join('\n')).toBeLessThanOrEqual(papersLaid / 100)
	expect(untrue, wrong.join('\n')).toBeLessThanOrEqual(papersLaid / 50)
})

const weathers = shortOrLong({ short: 8, long: 60 })
test(`in ${weathers} random scripts of nothing but light, nothing is told`, () => {
	for (let index = 0; index < weathers; index++) {
		const draw = new Random(`weather ${index}`)
		const settings = { ...drawPreview(draw, `weather ${index}`), shrink: 2 as const }
		expect(watchScript(drawWeather(draw, 6), settings).told, settings.seed).toEqual([])
	}
})
