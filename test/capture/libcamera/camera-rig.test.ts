import { describe, expect, test } from 'vitest'
import type { CameraFault, Frame } from '#src/capture/camera.js'
import { CameraRig, type CameraRigOptions } from '#src/capture/libcamera/camera-rig.js'
import type { Sensor } from '#src/capture/libcamera/sensor.js'
import { pause } from '#src/platform/clock.js'
import { fail, ok, type Result } from '#src/platform/result.js'
import { SimulatedClock, settled } from '../../support/simulated-clock.ts'

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
			{ camera: 0, role: 'top', sensor: a },
			{ camera: 1, role: 'bottom', sensor: b },
		],
		{ clock, deadlineMs: 1000, order, ...more },
	)
	return { rig, a, b, log }
}

async function shot(rig: CameraRig) {
	const captured = rig.capture()
	await settled()
	await clock.advance(1000)
	return captured
}

function rolesOf(frames: Result<readonly Frame[], CameraFault>): readonly string[] {
	return frames.ok ? frames.value.map(({ role }) => role) : expect.fail(frames.fault.detail)
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

describe('a camera that fails', () => {
	/** A rig whose first camera failed at its last paper. */
	async function withoutFirst(order: 'in-turn' | 'together' = 'in-turn') {
		const told: (string | null)[] = []
		const rig = rigOf(order, {
			onTrouble: (camera, fault) => told.push(fault?.detail ?? `camera ${camera} is back`),
			retries: { pauseMs: 5000, deadlineMs: 300 },
		})
		let changes = 0
		await rig.rig.start(() => changes++)
		rig.a.fails = true
		const frames = await shot(rig.rig)
		return { ...rig, told, changes: () => changes, roles: rolesOf(frames) }
	}

	test('keeps the others’ pictures back once, by half of the time, and then not at all', async () => {
		const { rig, a, b, told, roles, changes } = await withoutFirst()
		expect(roles).toEqual(['bottom'])
		expect([a.deadlines, b.deadlines]).toEqual([[500], [500]])
		expect({ away: rig.away, told, changes: changes() }).toEqual({
			...{ away: [0], told: ['camera 0: no cable'], changes: 1 },
		})
		expect(rolesOf(await shot(rig))).toEqual(['bottom'])
		expect(a.deadlines).toEqual([500])
		expect(b.deadlines).toEqual([500, 1000])
		await rig.stop()
	})

	test('is tried again without a paper, and is back when it takes a picture', async () => {
		const { rig, a, told, changes } = await withoutFirst()
		await clock.advance(5000)
		await clock.advance(300)
		expect(a.deadlines).toEqual([500, 300])
		expect({ away: rig.away, told, changes: changes() }).toEqual({
			...{ away: [0], told: ['camera 0: no cable'], changes: 1 },
		})
		a.fails = false
		await clock.advance(5000)
		await clock.advance(100)
		expect({ away: rig.away, told, changes: changes() }).toEqual({
			...{ away: [], told: ['camera 0: no cable', 'camera 0 is back'], changes: 2 },
		})
		expect(rolesOf(await shot(rig))).toEqual(['top', 'bottom'])
		// Nothing more is tried.
		const tries = a.deadlines.length
		await clock.advance(50_000)
		expect(a.deadlines).toHaveLength(tries)
	})

	test.each([
		['in-turn', ['a begins', 'a ends', 'b begins', 'b ends']],
		['together', ['a begins', 'b begins', 'b ends', 'a ends']],
	] as const)('tried when a paper comes, %s', async (order, expected) => {
		const { rig, log } = await withoutFirst(order)
		log.length = 0
		while (log.length === 0) await clock.advance(1)
		const captured = rig.capture()
		await settled()
		await clock.advance(1000)
		expect(rolesOf(await captured)).toEqual(['bottom'])
		expect(log).toEqual(expected)
		await rig.stop()
	})

	test('at the start is not waited for at a paper', async () => {
		const { rig, a } = rigOf('together', { retries: { pauseMs: 5000, deadlineMs: 300 } })
		a.fails = true
		expect(await rig.start()).toEqual({ ok: true, value: true })
		expect(rig.away).toEqual([0])
		expect(rolesOf(await shot(rig))).toEqual(['bottom'])
		expect(a.deadlines).toEqual([])
		await rig.stop()
	})

	test('is not tried any more after stop', async () => {
		const { rig, a } = await withoutFirst()
		await rig.stop()
		await clock.advance(50_000)
		expect(a.deadlines).toEqual([500])
	})
})

test('only when no camera has a picture the capture fails, and then each is waited for', async () => {
	const { rig, a, b } = rigOf('together', { retries: { pauseMs: 5000, deadlineMs: 300 } })
	a.fails = true
	b.fails = true
	expect(await rig.start()).toMatchObject({ fault: { code: 'device', detail: 'camera 0: no cable' } })
	expect(await shot(rig)).toMatchObject({ fault: { code: 'device', detail: 'camera 0: no cable' } })
	expect(rig.away).toEqual([0, 1])
	b.fails = false
	expect(rolesOf(await shot(rig))).toEqual(['bottom'])
	expect(rig.away).toEqual([0])
	await rig.stop()
})
