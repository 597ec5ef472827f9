/**
 * A kiosk that is composed anew at the first paper after a closed day, to go on as another identity. The process
 * stays: a start takes seconds, and whoever supervises it sees no end.
 */
import type { Vitals } from '../platform/process/supervision.ts'
import type { Fault, Result } from '../platform/result.ts'
import type { ComposedKiosk } from './composition.ts'

export class DailyKiosk implements Vitals {
	readonly #compose: (renew: () => void) => Promise<Result<ComposedKiosk>>
	readonly #ended: (fault: Fault) => void
	#kiosk: ComposedKiosk | undefined
	#renewing: Promise<void> | undefined
	#stopped = false

	/** `ended` is called when it can't go on: it should be started anew. */
	constructor(compose: (renew: () => void) => Promise<Result<ComposedKiosk>>, ended: (fault: Fault) => void) {
		this.#compose = compose
		this.#ended = ended
	}

	/** To be done before `start`: says what can not be done at all. */
	async compose(): Promise<Result<ComposedKiosk>> {
		const composed = await this.#compose(() => {
			this.#renewing ??= this.#renew().finally(() => {
				this.#renewing = undefined
			})
		})
		if (composed.ok) this.#kiosk = composed.value
		return composed
	}

	async start(): Promise<void> {
		await this.#kiosk?.start()
	}

	async stop(): Promise<void> {
		this.#stopped = true
		await this.#renewing
		await this.#kiosk?.stop()
	}

	async healthFault(): Promise<Fault | null> {
		return this.#renewing === undefined ? ((await this.#kiosk?.healthFault()) ?? null) : null
	}

	get statusText(): string {
		return this.#kiosk?.statusText ?? 'starts'
	}

	async #renew(): Promise<void> {
		await this.#kiosk?.stop()
		if (this.#stopped) return
		const composed = await this.compose()
		if (!composed.ok) this.#ended(composed.fault)
		else if (!this.#stopped) await this.start()
	}
}
