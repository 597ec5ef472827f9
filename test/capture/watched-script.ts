import { PlacementWatch } from '#src/capture/placement.js'
import type { TrayEvent } from '#src/capture/tray.js'
import {
	expectedEvents,
	type Happening,
	type PreviewSettings,
	playScript,
} from '../support/preview/preview.ts'

/** What the watch told of a script. */
export interface Watched {
	readonly told: readonly Told[]
	/** In words, each thing that was not as it should be: to be empty. */
	readonly missed: readonly string[]
	readonly untrue: readonly string[]
	readonly frames: number
	readonly watchMs: number
}

interface Told {
	readonly event: TrayEvent
	/** The happening that it follows: the last that laid, swapped or took. */
	readonly after: number
	readonly at: number
	/** Simulated milliseconds and frames since everything had come to rest; null while something still moved. */
	readonly delay: { readonly ms: number; readonly frames: number } | null
}

export function watchScript(script: readonly Happening[], settings: PreviewSettings): Watched {
	const watch = new PlacementWatch()
	const told: Told[] = []
	let [frames, resting, watchMs, after] = [0, 0, 0, -1]
	for (const { at, frame, happening, restingSince } of playScript(script, settings)) {
		const { what } = script[happening] ?? { what: 'wait' }
		if (what === 'lay' || what === 'swap' || what === 'take') after = happening
		resting = restingSince === null ? 0 : resting + 1
		if (frame === null) continue
		frames++
		const begun = performance.now()
		const events = watch.see(frame)
		watchMs += performance.now() - begun
		const delay = restingSince === null ? null : { ms: at - restingSince, frames: resting }
		for (const event of events) told.push({ event, after, at, delay })
	}
	const missed: string[] = []
	const untrue: string[] = []
	const expected = expectedEvents(script)
	for (let number = -1; number < script.length; number++) {
		const should = expected.filter((one) => one.after === number).map(({ event }) => event)
		const did = told.filter((one) => one.after === number).map(({ event }) => event)
		if (should.join() === did.join()) continue
		const where = `${settings.seed}, ${number} ${script[number]?.what}: ${did.join()} for ${should.join()}`
		if (did.length < should.length) missed.push(where)
		else untrue.push(where)
	}
	return { told, missed, untrue, frames, watchMs }
}
