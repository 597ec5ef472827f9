import type { Clock } from '../platform/clock.ts'
import type { OnHold } from './button.ts'

export interface PressOrHoldOptions {
	readonly clock: Clock
	/** Milliseconds after which a press is a hold. */
	readonly holdMs: number
	readonly onPress: () => void
	readonly onHold: OnHold
}

/** Tells presses from holds: each time that a button goes down it is one of the two. */
export class PressOrHold {
	readonly #options: PressOrHoldOptions
	#down: 'no' | 'short' | 'long' = 'no'
	#cancel = () => {}

	constructor(options: PressOrHoldOptions) {
		this.#options = options
	}

	/** A hold is reported while it lasts. */
	begin(since: 'start' | 'later'): void {
		const { clock, holdMs, onHold } = this.#options
		this.stop()
		this.#down = 'short'
		this.#cancel = clock.after(holdMs, () => {
			this.#down = 'long'
			onHold(since)
		})
	}

	end(): void {
		const pressed = this.#down === 'short'
		this.stop()
		if (pressed) this.#options.onPress()
	}

	stop(): void {
		this.#cancel()
		this.#down = 'no'
	}
}
