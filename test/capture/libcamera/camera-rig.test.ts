import { expect, test } from 'vitest'
import type { CameraFault } from '#src/capture/camera.js'
import { CameraRig, type CameraRigOptions } from '#src/capture/libcamera/camera-rig.js'
import type { Sensor } from '#src/capture/libcamera/sensor.js'
import { pause } from '#src/platform/clock.js'
import { fail, ok, type Result } from '#src/platform/result.js'
import { SimulatedClock } from '../../simulated-clock.ts'

const clock = new SimulatedClock()

/** Takes so long for a picture, or its whole deadline to fail. */
class SimulatedSensor implements Sensor {
	readonly #ms: number
	readonly #log: string[]
	readonly #name: string
	fails = false
	deadlines: number[] = []

	constructor(name: string, ms: number, log: string[]) {
		this.#name = name
		this.#ms = ms
		this.#log = log
	}

	async start(): Promise<Result<true, CameraFault>> {
		return this.fails ? fail('device', 'no cable') : ok(true)
	}

	async shoot(deadlineMs: number): Promise<Result<Uint8Array, CameraFault>> {
		this.deadlines.push(deadlineMs)
		this.#log.push(`${this.#name} begins`)
		await pause(clock, this.fails ? deadlineMs : this.#ms)
		this.#log.push(`${this.#name} ends`)
		return this.fails ? fail('device', 'no cable') : ok(Buffer.from(this.#name))
	}

	async stop(): Promise<void> {}
}

function rigOf(order: 'in-turn' | 'together', more: CameraRigOptions = {}) {
	const log: string[] = []
	const [a, b] = [new SimulatedSensor('a', 100, log), new SimulatedSensor('b', 100, log)]
	const rig = new CameraRig(
		[
			{ name: 'camera 0', role: 'top', sensor: a },
			{ name: 'camera 1', role: 'bottom', sensor: b },
		],
		{ clock, deadlineMs: 1000, order, ...more },
	)
	return { rig, a, b, log }
}

async function shot(rig: CameraRig) {
	const captured = rig.capture()
	await clock.advance(1000)
	return captured
}

test('one after another, or together; the frames come in the order of the cameras', async () => {
	const inTurn = rigOf('in-turn')
	const frames = await shot(inTurn.rig)
	expect(frames.ok && frames.value.map(({ role, origin }) => `${role} ${origin}`)).toEqual([
		'top camera 0',
		'bottom camera 1',
	])
	expect(inTurn.log).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
	const together = rigOf('together')
	await shot(together.rig)
	expect(together.log).toEqual(['a begins', 'b begins', 'a ends', 'b ends'])
})

test('a camera that fails keeps neither the others’ time nor their pictures', async () => {
	const troubles: (string | null)[] = []
	const { rig, a, b } = rigOf('in-turn', {
		onTrouble: (fault) => troubles.push(fault?.detail ?? null),
	})
	a.fails = true
	const frames = await shot(rig)
	expect(frames.ok && frames.value.map(({ role }) => role)).toEqual(['bottom'])
	// Half of the time each; what the first leaves is the second's.
	expect([a.deadlines, b.deadlines]).toEqual([[500], [500]])
	await shot(rig)
	expect(troubles).toEqual(['camera 0: no cable'])
	a.fails = false
	await shot(rig)
	expect(troubles).toEqual(['camera 0: no cable', null])
	expect(b.deadlines.at(-1)).toBe(900)
})

test('only when no camera has a picture the capture fails; one that can’t start does not keep the rig from it', async () => {
	const { rig, a, b } = rigOf('together')
	a.fails = true
	expect(await rig.start()).toMatchObject({ fault: { code: 'device', detail: 'no cable' } })
	b.fails = true
	expect(await shot(rig)).toMatchObject({ fault: { code: 'device', detail: 'camera 0: no cable' } })
})
