import { Mutex } from 'async-mutex'
import { type Clock, systemClock } from '../platform/clock.ts'
import { type Fault, fail } from '../platform/result.ts'
import { type PlacementLimits, PlacementWatch, usualPlacement } from './placement.ts'
import type { Preview } from './preview.ts'
import type { Tray, TrayEvent } from './tray.ts'

export interface PreviewTrayOptions {
	readonly clock?: Clock
	readonly limits?: PlacementLimits
	/** Milliseconds without a new frame after which the stream is started again, and between such tries. */
	readonly silenceMs?: number
	/** Called when the stream fails, when that changes, and with null when it runs again. */
	readonly onTrouble?: (trouble: PreviewTrouble | null) => void
}

/** `device`: it can't be started. `silent`: no frames come. `frozen`: the same frame comes again and again. */
export type PreviewTrouble = Fault<'device' | 'silent' | 'frozen'>

/**
 * A tray without a sensor: a camera's preview stream is watched for papers. A stream that fails is started again
 * for as long as it takes; what was known of the tray is kept.
 *
 * Of a picture's quality it says nothing beforehand, though it might be asked to: another camera takes the
 * pictures, from elsewhere and with the light on, so that this one's darkness, reflections and edges are not
 * theirs. What is wrong with a picture is said of the picture itself (`reading/trouble/`).
 */
export class PreviewTray implements Tray {
	readonly #preview: Preview
	readonly #clock: Clock
	readonly #limits: PlacementLimits
	readonly #silenceMs: number
	readonly #onTrouble: (trouble: PreviewTrouble | null) => void
	/** The stream that counts: frames and answers of an earlier one are not heard. */
	#run: { readonly watch: PlacementWatch; readonly on: (event: TrayEvent) => void } | undefined
	#lastFrame = 0
	#reported: PreviewTrouble['code'] | null = null
	#cancelLook = () => {}
	/** Starting and stopping, one at a time. */
	readonly #mutex = new Mutex()

	constructor(preview: Preview, options: PreviewTrayOptions = {}) {
		this.#preview = preview
		this.#clock = options.clock ?? systemClock
		this.#limits = options.limits ?? usualPlacement
		this.#silenceMs = options.silenceMs ?? 3_000
		this.#onTrouble = options.onTrouble ?? (() => {})
	}

	/** The tray must be empty: its first still picture is taken for that of the empty tray. */
	async start(on: (event: TrayEvent) => void): Promise<void> {
		this.#cancelLook()
		this.#reported = null
		this.#run = { watch: new PlacementWatch(this.#limits), on }
		await this.#open()
	}

	async stop(): Promise<void> {
		this.#cancelLook()
		this.#run = undefined
		await this.#mutex.runExclusive(() => this.#preview.stop())
	}

	#open(): Promise<void> {
		return this.#mutex.runExclusive(async () => {
			const run = this.#run
			await this.#preview.stop()
			if (run === undefined || this.#run !== run) return
			const begun = this.#clock.monotonic()
			const started = await this.#preview.start((frame) => {
				if (this.#run !== run) return
				this.#lastFrame = this.#clock.monotonic()
				const before = run.watch.lastChange
				const events = run.watch.see(frame)
				if (run.watch.lastChange !== before) this.#report(null)
				for (const event of events) if (this.#run === run) run.on(event)
			})
			if (this.#run !== run) return
			if (!started.ok) this.#report(fail('device', started.fault.detail).fault)
			this.#cancelLook = this.#clock.after(this.#silenceMs, () => this.#look(begun, started.ok))
		})
	}

	/** Is there anything new since then? */
	#look(since: number, started: boolean): void {
		const changed = this.#run?.watch.lastChange ?? Number.NEGATIVE_INFINITY
		const now = this.#clock.monotonic()
		if (started && changed > since && now - changed < this.#silenceMs) {
			this.#cancelLook = this.#clock.after(this.#silenceMs, () => this.#look(since, started))
			return
		}
		if (started) {
			const seconds = Math.round(this.#silenceMs / 1000)
			this.#report(
				now - this.#lastFrame < this.#silenceMs
					? fail('frozen', `the preview shows the same frame for ${seconds} s; it is started again`).fault
					: fail('silent', `no preview frame came for ${seconds} s; it is started again`).fault,
			)
		}
		void this.#open()
	}

	#report(trouble: PreviewTrouble | null): void {
		const code = trouble?.code ?? null
		if (code === this.#reported) return
		this.#reported = code
		this.#onTrouble(trouble)
	}
}
