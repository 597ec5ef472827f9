import type { Button, OnHold } from '../capture/button.ts'
import type { Clock } from '../platform/clock.ts'

/**
 * The button of a display that can be touched. A hold is reported when it ends: whether the display reports that a touch
 * ends depends on its project, and one that does not must not hold for ever. Of such a one, and of any until
 * it first reported an end, a press counts when it begins.
 */
export class TouchButton implements Button {
	readonly #clock: Clock
	readonly #holdMs: number
	#onPress: () => void = () => {}
	#onHold: OnHold = () => {}
	#reportsEnds = false
	#since: number | null = null

	constructor(clock: Clock, holdMs: number) {
		this.#clock = clock
		this.#holdMs = holdMs
	}

	async start(onPress: () => void, onHold: OnHold = () => {}): Promise<void> {
		this.#onPress = onPress
		this.#onHold = onHold
	}

	async stop(): Promise<void> {
		this.#onPress = () => {}
		this.#onHold = () => {}
	}

	pressed(): void {
		this.#since = this.#clock.monotonic()
		if (!this.#reportsEnds) this.#onPress()
	}

	released(): void {
		const since = this.#since
		this.#since = null
		if (since === null) return
		if (this.#clock.monotonic() - since >= this.#holdMs) this.#onHold('later')
		else if (this.#reportsEnds) this.#onPress()
		this.#reportsEnds = true
	}
}
