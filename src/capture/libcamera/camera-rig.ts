import { type Clock, systemClock } from '../../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import type { Camera, CameraFault, Frame } from '../camera.ts'
import type { Sensor } from './sensor.ts'

export interface RigPlace {
	/** For people. */
	readonly name: string
	readonly role: string
	readonly sensor: Sensor
}

export interface CameraRigOptions {
	readonly clock?: Clock
	/** Milliseconds for all pictures of a capture together. */
	readonly deadlineMs?: number
	/** One after another where they share a connector, an image processor or a lamp; else together. */
	readonly order?: 'in-turn' | 'together'
	/** Told when a camera fails, when its fault changes, and with null when it is well again. */
	readonly onTrouble?: (trouble: Fault | null) => void
}

/**
 * One to four cameras as one. A camera that fails does not keep the others' pictures back: the code may be on
 * them, and no acta is turned away. Only when none has a picture the capture fails.
 */
export class CameraRig implements Camera {
	readonly retakes = true
	readonly #places: readonly RigPlace[]
	readonly #clock: Clock
	readonly #deadlineMs: number
	readonly #order: 'in-turn' | 'together'
	readonly #onTrouble: (trouble: Fault | null) => void
	readonly #told = new Map<RigPlace, string>()

	constructor(places: readonly RigPlace[], options: CameraRigOptions = {}) {
		this.#places = places
		this.#clock = options.clock ?? systemClock
		this.#deadlineMs = options.deadlineMs ?? 18_000
		this.#order = options.order ?? 'in-turn'
		this.#onTrouble = options.onTrouble ?? (() => {})
	}

	/** The first camera's fault that can't start; the others are started all the same. */
	async start(): Promise<Result<true, CameraFault>> {
		const started = await Promise.all(this.#places.map(({ sensor }) => sensor.start()))
		return started.find((answer) => !answer.ok) ?? ok(true)
	}

	async capture(): Promise<Result<readonly Frame[], CameraFault>> {
		const shots = this.#order === 'together' ? await this.#together() : await this.#inTurn()
		const frames = this.#places.flatMap(({ name, role }, at) => {
			const shot = shots[at]
			return shot?.ok ? [{ role, bytes: shot.value, origin: name }] : []
		})
		if (frames.length > 0) return ok(frames)
		return shots.find((shot) => !shot.ok) ?? fail('device', 'the rig has no camera')
	}

	/** Its pictures are in memory only, and forgotten. */
	async release(): Promise<void> {}

	async stop(): Promise<void> {
		await Promise.all(this.#places.map(({ sensor }) => sensor.stop()))
	}

	#together(): Promise<Result<Uint8Array, CameraFault>[]> {
		return Promise.all(this.#places.map((place) => this.#shoot(place, this.#deadlineMs)))
	}

	async #inTurn(): Promise<Result<Uint8Array, CameraFault>[]> {
		const shots: Result<Uint8Array, CameraFault>[] = []
		const end = this.#clock.monotonic() + this.#deadlineMs
		for (const place of this.#places) {
			// A camera that hangs takes no more than its share of what is left.
			const left = (end - this.#clock.monotonic()) / (this.#places.length - shots.length)
			shots.push(await this.#shoot(place, left))
		}
		return shots
	}

	async #shoot(place: RigPlace, deadlineMs: number): Promise<Result<Uint8Array, CameraFault>> {
		const shot = await place.sensor.shoot(deadlineMs)
		const answer = shot.ok ? shot : fail(shot.fault.code, `${place.name}: ${shot.fault.detail}`)
		const trouble = answer.ok ? '' : answer.fault.detail
		if (trouble !== (this.#told.get(place) ?? '')) {
			this.#told.set(place, trouble)
			this.#onTrouble(answer.ok ? null : answer.fault)
		}
		return answer
	}
}
