/**
 * A camera's stream of small pictures, by `rpicam-vid` as JPEGs on its standard output. A JPEG knows nothing of
 * the one before it, so a camera that still looks shows in its noise.
 *
 * The camera must have nothing else to do: libcamera gives a camera to one program at a time.
 */
import sharp from 'sharp'
import { type Clock, pause, systemClock } from '../../platform/clock.ts'
import { SupervisedProgram } from '../../platform/process/supervised-program.ts'
import { fail, ok, type Result } from '../../platform/result.ts'
import type { CameraFault } from '../camera.ts'
import type { Preview, PreviewFrame } from '../preview.ts'
import { type Lens, lensArguments, lensOptions } from './lens.ts'
import { MjpegCutter } from './mjpeg.ts'
import { explainCameraError } from './sensor.ts'

/** Pixels of the stream, a fourth of them of what is handed on, and most bytes of one picture. */
const stream = { width: 640, height: 480, shrink: 4, largest: 2 * 1024 * 1024 }
const framesPerSecond = 8

export interface MjpegPreviewOptions {
	readonly clock?: Clock
	readonly random: () => number
	/** Milliseconds for the first frame. */
	readonly startMs?: number
}

export class MjpegPreview implements Preview {
	readonly #lens: Lens
	readonly #clock: Clock
	readonly #random: () => number
	readonly #startMs: number
	#program: SupervisedProgram | undefined

	constructor(lens: Lens, { clock = systemClock, random, startMs = 10_000 }: MjpegPreviewOptions) {
		this.#lens = lens
		this.#clock = clock
		this.#random = random
		this.#startMs = startMs
	}

	/** Resolves with the first frame, or the first failure; a program that ends is started again all the same. */
	async start(onFrame: (frame: PreviewFrame) => void): Promise<Result<true, CameraFault>> {
		await this.stop()
		const answered = new AbortController()
		let came = false
		let why = `no frame came within ${Math.round(this.#startMs / 1000)} s`
		const pictures = new NewestFirst<Buffer>(async (jpeg) => {
			const frame = await this.#frameOf(jpeg)
			if (frame === undefined || this.#program !== program) return
			onFrame(frame)
			came = true
			answered.abort()
		})
		const cutter = new MjpegCutter(stream.largest, (jpeg) => pictures.take(jpeg))
		const program = new SupervisedProgram('rpicam-vid', this.#words(), {
			clock: this.#clock,
			random: this.#random,
			onOutput: (bytes) => cutter.take(bytes),
			onEnd: (said) => {
				why = explainCameraError(said) ?? said
				answered.abort()
			},
		})
		this.#program = program
		await program.start()
		await pause(this.#clock, this.#startMs, answered.signal)
		return came ? ok(true) : fail('device', `the preview does not run: ${why}`)
	}

	async stop(): Promise<void> {
		const program = this.#program
		this.#program = undefined
		await program?.stop()
	}

	#words(): string[] {
		const { width, height } = stream
		return lensArguments({
			...lensOptions(this.#lens),
			width,
			height,
			framerate: framesPerSecond,
			codec: 'mjpeg',
			quality: 90,
			timeout: 0,
			flush: true,
			output: '-',
		})
	}

	/** Undefined for what can't be decoded. */
	async #frameOf(jpeg: Buffer): Promise<PreviewFrame | undefined> {
		const { width, height, shrink } = stream
		const at = this.#clock.monotonic()
		try {
			const picture = sharp(jpeg, { failOn: 'error', limitInputPixels: width * height, ignoreIcc: true })
			const { data, info } = await picture
				.resize(width / shrink, height / shrink, { fit: 'fill', kernel: 'cubic' })
				.toColourspace('b-w')
				.raw()
				.toBuffer({ resolveWithObject: true })
			return { width: info.width, height: info.height, grey: new Uint8Array(data), at }
		} catch {
			return undefined
		}
	}
}

/** Works on one thing at a time; of what comes meanwhile only the newest waits. */
class NewestFirst<T> {
	readonly #work: (item: T) => Promise<void>
	#waiting: { readonly item: T } | undefined
	#busy = false

	constructor(work: (item: T) => Promise<void>) {
		this.#work = work
	}

	take(item: T): void {
		this.#waiting = { item }
		if (!this.#busy) void this.#run()
	}

	async #run(): Promise<void> {
		this.#busy = true
		for (let next = this.#waiting; next !== undefined; next = this.#waiting) {
			this.#waiting = undefined
			await this.#work(next.item)
		}
		this.#busy = false
	}
}
