import type { Clock } from '#src/platform/clock.js'

/** A clock that stands still until a test moves it. */
export class HandClock implements Clock {
	#now = 0
	#timers: { readonly at: number; readonly action: () => void }[] = []

	wall(): number {
		return Date.UTC(2024, 6, 28, 18) + this.#now
	}

	monotonic(): number {
		return this.#now
	}

	after(milliseconds: number, action: () => void): () => void {
		const timer = { at: this.#now + milliseconds, action }
		this.#timers.push(timer)
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer)
		}
	}

	/** Runs what falls due, in order. */
	advance(milliseconds: number): void {
		const end = this.#now + milliseconds
		for (;;) {
			const due = this.#timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0]
			if (due === undefined) break
			this.#timers = this.#timers.filter((timer) => timer !== due)
			this.#now = Math.max(this.#now, due.at)
			due.action()
		}
		this.#now = end
	}
}
