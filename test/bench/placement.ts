/** How soon and how surely papers are seen in a simulated preview stream: random visits and random weather. */

import { Random } from '#src/simulator/random.js'
import { previewPapers } from '../capture/preview-papers.ts'
import { type Watched, watchScript } from '../capture/watched-script.ts'
import { drawPreview, drawVisits, drawWeather } from '../support/preview/preview-script.ts'
import type { Bench } from './part.ts'
import { type Cell, spreadIfAny, type Table } from './table.ts'

export async function benchPlacement({ short, say }: Bench): Promise<Table[]> {
	const papers = await previewPapers(8)
	const scripts = short ? 20 : 200
	const seen = (name: string, draw: (random: Random) => ReturnType<typeof drawVisits>) =>
		Array.from({ length: scripts }, (_, index) => {
			if (index % 50 === 0) say(`${name}, script ${index} of ${scripts}`)
			const random = new Random(`bench/${name}/${index}`)
			const settings = drawPreview(random, `bench/${name}/${index}`)
			const watched = watchScript(draw(random), settings)
			for (const wrong of [...watched.missed, ...watched.untrue]) say(wrong)
			return watched
		})
	const visits = seen('visits', (random) => drawVisits(random, papers, 4))
	const weather = seen('weather', (random) => drawWeather(random, 10))
	const row = (name: string, watched: readonly Watched[]): Cell[] => {
		const papersTold = watched.flatMap(({ told }) => told.filter(({ event }) => event === 'paper'))
		const delays = papersTold.flatMap(({ delay }) => (delay === null ? [] : [delay]))
		const ms = spreadIfAny(delays.map((delay) => delay.ms))
		const frames = spreadIfAny(delays.map((delay) => delay.frames))
		const sum = (of: (one: Watched) => number) => watched.reduce((total, one) => total + of(one), 0)
		return [
			...[name, watched.length, papersTold.length],
			...[sum(({ missed }) => missed.length), sum(({ untrue }) => untrue.length)],
			...[ms?.median ?? null, ms?.p95 ?? null, frames?.median ?? null],
			sum(({ watchMs }) => watchMs) / sum(({ frames }) => frames),
		]
	}
	return [
		{
			title: 'Watching for placement in a simulated preview of 160 by 120',
			columns: [
				...['', 'scripts', 'papers', 'missed', 'false'],
				...['ms median', 'ms p95', 'frames', 'CPU ms a frame'],
			],
			rows: [row('visits', visits), row('light alone', weather)],
			notes: [
				'From the hand gone and the paper at rest to "paper", in simulated time at 5 to 10 frames a second.',
				'Simulated: flat papers, one shape of hand, soft shadows. It says nothing of a white tray.',
			],
		},
	]
}
