import type { Clock } from '#src/platform/clock.js'

/** A clock that stands still until it is moved. */
export class SimulatedClock implements Clock {
	#now = 0
	#alarms: { at: number; action: () => void }[] = []

	wall(): number {
		return Date.UTC(2024, 6, 28, 18) + this.#now
	}

	monotonic(): number {
		return this.#now
	}

	after(milliseconds: number, action: () => void): () => void {
		const alarm = { at: this.#now + milliseconds, action }
		this.#alarms.push(alarm)
		return () => {
			this.#alarms = this.#alarms.filter((other) => other !== alarm)
		}
	}

	/** Moves on, letting what falls due happen in order. */
	async advance(milliseconds: number): Promise<void> {
		const end = this.#now + milliseconds
		for (;;) {
			const next = this.#alarms.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
			if (next === undefined) break
			this.#alarms = this.#alarms.filter((alarm) => alarm !== next)
			this.#now = Math.max(this.#now, next.at)
			next.action()
			await new Promise(setImmediate)
		}
		this.#now = end
	}
}
