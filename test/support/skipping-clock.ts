import { type Clock, systemClock } from '#src/platform/clock.js'

interface Timer {
	readonly at: number
	readonly action: () => void
	cancel: () => void
}

/** Real time that can be told to jump ahead: long waits of real devices without waiting. */
export class SkippingClock implements Clock {
	#skipped = 0
	readonly #timers = new Set<Timer>()

	wall(): number {
		return systemClock.wall() + this.#skipped
	}

	monotonic(): number {
		return systemClock.monotonic() + this.#skipped
	}

	after(milliseconds: number, action: () => void): () => void {
		const at = this.monotonic() + milliseconds
		const timer = { at, action, cancel: () => {} }
		this.#timers.add(timer)
		this.#set(timer)
		return () => {
			timer.cancel()
			this.#timers.delete(timer)
		}
	}

	/** What falls due in the time left out happens at once. */
	skip(milliseconds: number): void {
		this.#skipped += milliseconds
		for (const timer of this.#timers) {
			timer.cancel()
			this.#set(timer)
		}
	}

	#set(timer: Timer): void {
		timer.cancel = systemClock.after(Math.max(0, timer.at - this.monotonic()), () => {
			this.#timers.delete(timer)
			timer.action()
		})
	}
}
