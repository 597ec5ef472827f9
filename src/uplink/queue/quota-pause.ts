/**
 * The centre keeps no more of this device for now, and said so in a receipt: nothing is sent meanwhile. It says so once
 * a minute at most, so the first wait is longer than that; later ones grow.
 */
import { type Backoff, backoffCeiling } from '../../platform/backoff.ts'

const waits: Backoff = { firstMs: 90_000, mostMs: 900_000 }

export class QuotaPause {
	#until: number | null = null
	#refusals = 0

	/** Not over before something was taken again. */
	get isOn(): boolean {
		return this.#until !== null
	}

	/** Nothing is sent now; when that ends, it may be asked whether it goes on. */
	isResting(now: number): boolean {
		return this.#until !== null && now < this.#until
	}

	/** When that ends. */
	*deadlines(): Iterable<number> {
		if (this.#until !== null) yield this.#until
	}

	/** Refused, or asked in vain. */
	begin(now: number): void {
		if (this.isResting(now)) return
		this.#until = now + backoffCeiling(this.#refusals, waits)
		this.#refusals++
	}

	end(): void {
		this.#until = null
		this.#refusals = 0
	}
}
