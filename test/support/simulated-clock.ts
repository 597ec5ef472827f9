import type { Clock } from '#src/platform/clock.js'

/** A clock that stands still until it is told to go on. */
export class SimulatedClock implements Clock {
	#now = 0
	#wallAtStart: number
	#timers: { at: number; action: () => void }[] = []

	constructor(wallAtStart = Date.UTC(2024, 6, 28, 22, 5, 40)) {
		this.#wallAtStart = wallAtStart
	}

	wall(): number {
		return this.#wallAtStart + this.#now
	}

	monotonic(): number {
		return this.#now
	}

	/** Sets the time of day, as a time server or a person does. */
	set(wall: number): void {
		this.#wallAtStart = wall - this.#now
	}

	after(milliseconds: number, action: () => void): () => void {
		const timer = { at: this.#now + milliseconds, action }
		this.#timers.push(timer)
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer)
		}
	}

	/** Lets time pass; what falls due happens in order, with what it starts. */
	async advance(milliseconds: number): Promise<void> {
		const end = this.#now + milliseconds
		for (;;) {
			const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
			if (due === undefined) break
			this.#now = due.at
			this.#timers = this.#timers.filter((timer) => timer !== due)
			due.action()
			await settled()
		}
		this.#now = end
		await settled()
	}
}

/** Lets everything that is ready to run do so. */
export async function settled(): Promise<void> {
	for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
}
