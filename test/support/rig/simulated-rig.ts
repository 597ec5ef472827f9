/**
 * One to four cameras fixed in a row over a tray, and papers that are laid on it: for tests and demonstrations.
 * Every shot is a new photograph with faults of its own, as a second shot of the same paper is in life.
 */
import type { Camera, CameraFault, Frame } from '#src/capture/camera.js'
import type { Tray, TrayEvent } from '#src/capture/tray.js'
import { fail, ok, type Result } from '#src/platform/result.js'
import type { ActaPrinter } from '#src/simulator/acta-printer.js'
import { type Paper, stripHeight } from '#src/simulator/paper/strip.js'
import type { Neighbour } from '#src/simulator/photograph/photograph.js'
import {
	frameSizes,
	type Megapixels,
	type Photograph,
	type Severity,
	type Stretch,
} from '#src/simulator/photograph/severity.js'
import { Random } from '#src/simulator/random.js'

/** What one camera of a rig sees of a paper laid with its upper end at the upper camera. */
export interface RigPart {
	readonly role: string
	readonly view: Stretch
}

/** Neighbouring cameras see a tenth of the strip's share of one twice. */
const rigs: Readonly<Record<1 | 2 | 3 | 4, readonly string[]>> = {
	1: ['full'],
	2: ['top', 'bottom'],
	3: ['top', 'middle', 'bottom'],
	4: ['top', 'upper-middle', 'lower-middle', 'bottom'],
}

export function partsOf(cameras: 1 | 2 | 3 | 4): readonly RigPart[] {
	const share = stripHeight / cameras
	return rigs[cameras].map((role, index) => ({
		role,
		view: {
			top: Math.max(0, (index - 0.1) * share),
			bottom: Math.min(stripHeight, (index + 1.1) * share),
		},
	}))
}

/** A paper as it lies. */
export interface LaidPaper {
	readonly paper: Paper
	/** Its upper end lies at the lower camera: the code is then in the picture of the `top` role. */
	readonly upsideDown?: boolean
	/** Other papers on the tray with it. */
	readonly neighbours?: readonly Neighbour[]
	/** Replaces what was drawn from severity and seed, for the camera of that role or for all. */
	readonly overrides?: (role: string) => Partial<Photograph>
}

/** `no-answer`: the camera hangs until the rig is stopped. */
export type ForcedFault = CameraFault | 'no-answer'

export interface RigSettings {
	readonly cameras: 1 | 2 | 3 | 4
	readonly severity: Severity
	readonly megapixels: Megapixels
	readonly seed: string
}

export class SimulatedRig implements Camera {
	readonly retakes = true
	readonly #printer: ActaPrinter
	readonly #settings: RigSettings
	/** A tray that knows at once what is laid. */
	readonly tray: Tray
	/** What became of each paper that was captured, as told by `release`. */
	readonly released: ('recorded' | 'set-aside')[] = []
	#laid: LaidPaper | undefined
	#onEvent: (event: TrayEvent) => void = () => {}
	#shots = 0
	#faults: ForcedFault[] = []
	#hanging: (() => void)[] = []

	/** Starts and stops the printer. */
	constructor(printer: ActaPrinter, settings: RigSettings) {
		this.#printer = printer
		this.#settings = settings
		this.tray = {
			start: async (on) => {
				this.#onEvent = on
				if (this.#laid !== undefined) on('paper')
			},
			stop: async () => {
				this.#onEvent = () => {}
			},
		}
	}

	/** How many times pictures were asked for. */
	get shots(): number {
		return this.#shots
	}

	/** Lays a paper; one that lies there is taken away first. */
	lay(laid: LaidPaper): void {
		this.takeAway()
		this.#laid = laid
		this.#onEvent('paper')
	}

	takeAway(): void {
		if (this.#laid === undefined) return
		this.#laid = undefined
		this.#onEvent('no-paper')
	}

	/** The next captures fail so, one after another. */
	failNext(...faults: readonly ForcedFault[]): void {
		this.#faults.push(...faults)
	}

	async start(): Promise<Result<true, CameraFault>> {
		await this.#printer.start()
		return ok(true)
	}

	async capture(): Promise<Result<readonly Frame[], CameraFault>> {
		const shot = ++this.#shots
		const fault = this.#faults.shift()
		if (fault === 'no-answer') {
			await new Promise<void>((resolve) => this.#hanging.push(resolve))
			return fail('device', 'the simulated camera hung until it was stopped')
		}
		if (fault !== undefined) return { ok: false, fault }
		const laid = this.#laid
		if (laid === undefined) return fail('nothing-there', 'no paper lies on the simulated tray')
		try {
			const parts = partsOf(this.#settings.cameras)
			return ok(await Promise.all(parts.map((part) => this.#photograph(laid, part, shot))))
		} catch (error) {
			return fail('device', (error as Error).message)
		}
	}

	async release(outcome: 'recorded' | 'set-aside'): Promise<void> {
		this.released.push(outcome)
	}

	async stop(): Promise<void> {
		for (const resolve of this.#hanging.splice(0)) resolve()
		await this.#printer.stop()
	}

	async #photograph(
		{ paper, upsideDown = false, neighbours = [], overrides }: LaidPaper,
		{ role, view }: RigPart,
		shot: number,
	): Promise<Frame> {
		const { severity, megapixels, seed } = this.#settings
		const seen = upsideDown ? { top: stripHeight - view.bottom, bottom: stripHeight - view.top } : view
		const { width, height } = frameSizes[megapixels]
		// The strip lies along the frames; how askew is one for all cameras and all shots.
		const askew = new Random(`${seed}/${paper.seed}/askew`).between(-0.5, 0.5)
		const { jpeg } = await this.#printer.print({
			paper,
			severity,
			megapixels,
			seed: `${seed}/${paper.seed}/${shot}/${role}`,
			view: seen,
			overrides: {
				width,
				height,
				rotation: (upsideDown ? 270 : 90) + askew,
				centre: { x: width / 2, y: height / 2 },
				...overrides?.(role),
			},
			neighbours,
		})
		return { role, bytes: jpeg, origin: `simulated camera ${role}` }
	}
}
