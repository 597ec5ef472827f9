import { beforeAll, describe, expect, test } from 'vitest'
import type { Preview, PreviewFrame } from '#src/capture/preview.js'
import { PreviewTray } from '#src/capture/preview-tray.js'
import { fail, ok } from '#src/platform/result.js'
import { type Happening, playScript, usualPreview } from '../support/preview/preview.ts'
import type { SmallPaper } from '../support/preview/preview-picture.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { previewPapers } from './preview-papers.ts'

const settings = { ...usualPreview, shrink: 2 as const, seed: 'tray' }
let paper: SmallPaper
beforeAll(async () => {
	;[paper] = await previewPapers(1)
})

/** A preview that the test feeds by hand, and that can refuse to start. */
class HandFedPreview implements Preview {
	starts = 0
	stops = 0
	refusals = 0
	feed: (frame: PreviewFrame) => void = () => {}

	async start(onFrame: (frame: PreviewFrame) => void) {
		this.starts++
		if (this.refusals-- > 0) return fail('device' as const, 'no camera')
		this.feed = onFrame
		return ok(true as const)
	}

	async stop() {
		this.stops++
	}
}

function opened() {
	const clock = new SimulatedClock()
	const preview = new HandFedPreview()
	const troubles: (string | null)[] = []
	const tray = new PreviewTray(preview, {
		clock,
		silenceMs: 1000,
		onTrouble: (trouble) => troubles.push(trouble?.code ?? null),
	})
	const show = (value: number) =>
		preview.feed({ width: 8, height: 6, grey: new Uint8Array(48).fill(value), at: clock.monotonic() })
	return { clock, preview, troubles, tray, show }
}

test('a visit in the clock’s own time; nothing is told after stop', async () => {
	const clock = new SimulatedClock()
	const visit: Happening[] = [
		{ what: 'wait', ms: 2500 },
		{ what: 'lay', paper, at: { x: 80, y: 60, angle: 90 } },
		{ what: 'wait', ms: 2500 },
		{ what: 'take' },
		{ what: 'wait', ms: 2500 },
	]
	const preview = new HandFedPreview()
	const tray = new PreviewTray(preview, { clock })
	const events: string[] = []
	await tray.start((event) => events.push(event))
	const frames = playScript([...visit, ...visit.slice(1)], settings)
	const watch = async (milliseconds: number) => {
		for (const end = clock.monotonic() + milliseconds; clock.monotonic() < end; ) {
			const frame = frames.next().value?.frame
			if (frame) preview.feed({ ...frame, at: clock.monotonic() })
			await clock.advance(1000 / settings.framesPerSecond)
		}
	}
	await watch(7000)
	expect(events).toEqual(['paper'])
	await watch(4500)
	expect(events).toEqual(['paper', 'no-paper'])
	await tray.stop()
	await watch(20_000)
	expect(events).toEqual(['paper', 'no-paper'])
})

describe('a stream that fails is started again', () => {
	test('when no frames come', async () => {
		const { clock, preview, troubles, tray, show } = opened()
		await tray.start(() => {})
		show(50)
		await clock.advance(2500)
		expect(troubles).toEqual(['silent'])
		expect(preview.starts).toBeGreaterThan(1)
		show(51)
		expect(troubles).toEqual(['silent', null])
		await tray.stop()
	})

	test('when the same frame comes again and again', async () => {
		const { clock, preview, troubles, tray, show } = opened()
		await tray.start(() => {})
		for (let frame = 0; frame < 25; frame++) {
			show(50)
			await clock.advance(100)
		}
		expect(troubles).toEqual(['frozen'])
		expect(preview.starts).toBeGreaterThan(1)
		await tray.stop()
	})

	test('when it can’t be started, for as long as it takes', async () => {
		const { clock, preview, troubles, tray, show } = opened()
		preview.refusals = 3
		await tray.start(() => {})
		await clock.advance(3500)
		expect(preview.starts).toBe(4)
		expect(troubles).toEqual(['device'])
		show(50)
		expect(troubles).toEqual(['device', null])
		await tray.stop()
	})

	test('but one that lives is left alone, and one that was stopped stays stopped', async () => {
		const { clock, preview, troubles, tray, show } = opened()
		await tray.start(() => {})
		for (let frame = 0; frame < 40; frame++) {
			show(50 + (frame % 2))
			await clock.advance(100)
		}
		expect([preview.starts, troubles]).toEqual([1, []])
		await tray.stop()
		await clock.advance(10_000)
		expect(preview.starts).toBe(1)
	})
})

test('stopped while it starts, it does not run', async () => {
	const { clock, preview, tray } = opened()
	const starting = tray.start(() => {})
	await tray.stop()
	await starting
	await clock.advance(10_000)
	expect(preview.starts).toBeLessThanOrEqual(1)
	expect(preview.stops).toBeGreaterThanOrEqual(preview.starts)
})
