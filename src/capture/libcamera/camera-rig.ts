import { type Clock, systemClock } from '../../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import type { Camera, CameraFault, Frame } from '../camera.ts'
import type { Sensor } from './sensor.ts'

export interface RigPlace {
	/** As `rpicam-still --list-cameras` counts them. */
	readonly camera: number
	readonly role: string
	readonly sensor: Sensor
}

export interface CameraRigOptions {
	readonly clock?: Clock
	/** Milliseconds for all pictures of a capture together. */
	readonly deadlineMs?: number
	/** One after another where they share a connector, an image processor or a lamp; else together. */
	readonly order?: 'in-turn' | 'together'
	/** Called when a camera fails, when its fault changes, and with null when it is well again. */
	readonly onTrouble?: (camera: number, trouble: Fault | null) => void
	readonly retries?: RigRetries
}

/** How a camera that failed is tried again beside the work of the others; milliseconds. */
export interface RigRetries {
	/** Between two tries. */
	readonly pauseMs: number
	/** For all that are away together. */
	readonly deadlineMs: number
}

const usualRetries: RigRetries = { pauseMs: 20_000, deadlineMs: 5_000 }

/**
 * One to four cameras as one. A camera that fails does not keep the others' pictures back: the code may be on
 * them, and no acta is turned away. It costs one paper its deadline; from then on it is away: not waited for,
 * and tried again between the papers until it takes a picture. While all are away each paper tries them all, and
 * only when none has a picture the capture fails.
 */
export class CameraRig implements Camera {
	readonly retakes = true
	readonly #places: readonly RigPlace[]
	readonly #clock: Clock
	readonly #deadlineMs: number
	readonly #order: 'in-turn' | 'together'
	readonly #onTrouble: (camera: number, trouble: Fault | null) => void
	readonly #retries: RigRetries
	/** What was last reported of those that are away. */
	readonly #away = new Map<RigPlace, string>()
	#onChange: () => void = () => {}
	#stopped = false
	/** Under way, each begun after the other: where cameras share something, a try may not disturb a capture. */
	#capturing: Promise<unknown> = Promise.resolve()
	#trying: Promise<unknown> = Promise.resolve()
	#cancelTry: (() => void) | null = null

	constructor(places: readonly RigPlace[], options: CameraRigOptions = {}) {
		this.#places = places
		this.#clock = options.clock ?? systemClock
		this.#deadlineMs = options.deadlineMs ?? 18_000
		this.#order = options.order ?? 'in-turn'
		this.#onTrouble = options.onTrouble ?? (() => {})
		this.#retries = options.retries ?? usualRetries
	}

	get roles(): readonly string[] {
		return this.#places.map(({ role }) => role)
	}

	get away(): readonly number[] {
		return this.#places.filter((place) => this.#away.has(place)).map(({ camera }) => camera)
	}

	/** The first camera's fault where none can start. */
	async start(onChange: () => void = () => {}): Promise<Result<true, CameraFault>> {
		this.#stopped = false
		this.#onChange = onChange
		const started = await Promise.all(
			this.#places.map(async (place) => this.#note(place, await place.sensor.start())),
		)
		if (started.some((answer) => answer.ok)) return ok(true)
		return started[0] ?? noCamera
	}

	async capture(): Promise<Result<readonly Frame[], CameraFault>> {
		const captured = this.#capture()
		this.#capturing = captured
		return await captured
	}

	/** Its pictures are in memory only, and forgotten. */
	async release(): Promise<void> {}

	async stop(): Promise<void> {
		this.#stopped = true
		this.#cancelTry?.()
		this.#cancelTry = null
		await Promise.all(this.#places.map(({ sensor }) => sensor.stop()))
	}

	async #capture(): Promise<Result<readonly Frame[], CameraFault>> {
		const end = this.#clock.monotonic() + this.#deadlineMs
		if (this.#order === 'in-turn' || this.#well.length === 0) await this.#trying
		const places = this.#well.length > 0 ? this.#well : this.#places
		const shots =
			this.#order === 'together' ? await this.#together(places, end) : await this.#inTurn(places, end)
		const frames = places.flatMap(({ camera, role }, at) => {
			const shot = shots[at]
			return shot?.ok ? [{ role, bytes: shot.value, origin: nameOf(camera) }] : []
		})
		if (frames.length > 0) return ok(frames)
		return shots.find((shot) => !shot.ok) ?? noCamera
	}

	get #well(): readonly RigPlace[] {
		return this.#places.filter((place) => !this.#away.has(place))
	}

	#together(places: readonly RigPlace[], end: number): Promise<Result<Uint8Array, CameraFault>[]> {
		const left = end - this.#clock.monotonic()
		return Promise.all(places.map((place) => this.#shoot(place, left)))
	}

	async #inTurn(places: readonly RigPlace[], end: number): Promise<Result<Uint8Array, CameraFault>[]> {
		const shots: Result<Uint8Array, CameraFault>[] = []
		for (const place of places) {
			// A camera that hangs takes no more than its share of what is left.
			const left = (end - this.#clock.monotonic()) / (places.length - shots.length)
			shots.push(await this.#shoot(place, left))
		}
		return shots
	}

	async #shoot(place: RigPlace, deadlineMs: number): Promise<Result<Uint8Array, CameraFault>> {
		return this.#note(place, await place.sensor.shoot(deadlineMs))
	}

	/** Who is away, and reports it. */
	#note<T>(place: RigPlace, answer: Result<T, CameraFault>): Result<T, CameraFault> {
		const before = this.#away.get(place)
		if (answer.ok) {
			if (!this.#away.delete(place)) return answer
			this.#onTrouble(place.camera, null)
			this.#onChange()
			return answer
		}
		const { code, detail } = answer.fault
		const named = fail(code, `${nameOf(place.camera)}: ${detail}`)
		this.#away.set(place, detail)
		if (before !== detail) this.#onTrouble(place.camera, named.fault)
		if (before === undefined) this.#onChange()
		this.#tryLater()
		return named
	}

	#tryLater(): void {
		if (this.#stopped || this.#cancelTry !== null) return
		this.#cancelTry = this.#clock.after(this.#retries.pauseMs, () => {
			this.#trying = this.#try()
		})
	}

	async #try(): Promise<void> {
		await this.#capturing
		if (this.#stopped) return
		await this.#inTurn([...this.#away.keys()], this.#clock.monotonic() + this.#retries.deadlineMs)
		this.#cancelTry = null
		if (this.#away.size > 0) this.#tryLater()
	}
}

const noCamera = fail('device', 'the rig has no camera')

function nameOf(camera: number): string {
	return `camera ${camera}`
}
