/** An hour of events before a board in this process, on a simulated clock: its memory is at the end what it was. */
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { startedBoard } from '../../support/started-board.ts'
import { until } from '../../support/until.ts'
import { FilledCentre } from './filled-centre.ts'
import { Viewer } from './viewers.ts'

const tables = 2_000
const beganMs = Date.parse('2024-07-29T00:00:00Z')

/** The first minutes fill what is kept of pages and versions. */
const warmUpMinutes = 10

export interface Hour {
	readonly versions: number
	readonly liveMb: readonly [warm: number, end: number]
	readonly isFlat: boolean
}

export async function hourOfEvents(directory: string, say: (line: string) => void): Promise<Hour> {
	const centre = new FilledCentre(directory, tables, 50)
	while (centre.came < tables) await centre.next(beganMs)
	const clock = new SimulatedClock(beganMs)
	const { board, url } = await startedBoard(directory, { clock })
	const viewers = ['/es/', '/es/pared', '/es/llamadas'].map((page) => new Viewer(url, page))
	try {
		for (const viewer of viewers) await viewer.start()
		let [versions, warm] = [0, 0]
		for (let second = 1; second <= 3_600; second++) {
			const { version } = board.view
			// What a kiosk says of itself changes; every tenth second a paper that is known comes again.
			centre.statuses(clock.wall(), second)
			if (second % 10 === 0) await centre.next(clock.wall())
			await clock.advance(1_000)
			await until(() => board.view.version > version)
			versions++
			if (second === warmUpMinutes * 60) warm = liveMb()
			if (second % 600 === 0)
				say(`${second / 60} minutes, ${versions} versions: ${liveMb().toFixed(1)} MB live`)
		}
		const end = liveMb()
		// Three hundred entries came after the warm-up, each of a kilobyte and what is kept of it.
		return { versions, liveMb: [Math.round(warm), Math.round(end)], isFlat: end - warm < 0.1 * warm + 1 }
	} finally {
		for (const viewer of viewers) viewer.stop()
		await board.stop()
	}
}

/** Of the heap and outside it, after everything that is held by nobody has gone. */
function liveMb(): number {
	globalThis.gc?.()
	const { heapUsed, arrayBuffers } = process.memoryUsage()
	return (heapUsed + arrayBuffers) / 1e6
}
