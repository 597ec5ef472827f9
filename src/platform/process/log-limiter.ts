/**
 * Lines of the log that whoever is at the other end can cause as often as he likes. The first of a kind is written
 * at once, then once in a while how many came since: a flood neither fills the log nor pushes out of it what was
 * there before.
 */
import type { Clock } from '../clock.ts'

/** Milliseconds between two lines of one kind. */
export const logIntervalMs = 60_000

/** Kinds of one instant that are kept apart; with more of them the others are one. */
const mostKinds = 64

/** Writes a line for so many of a kind, which came since the line before. */
type WriteLine = (times: number) => void

interface Kind {
	/** Not written yet, and how to write the last of them. */
	held: number
	write: WriteLine
	cancel: () => void
}

export class LogLimiter {
	readonly #clock: Clock
	readonly #intervalMs: number
	readonly #kinds = new Map<string, Kind>()

	constructor(clock: Clock, intervalMs: number) {
		this.#clock = clock
		this.#intervalMs = intervalMs
	}

	/** What one end can choose, as its address, may stand in `kind`: no more than `mostKinds` of them are told apart. */
	log(name: string, write: WriteLine): void {
		const kind = this.#kinds.has(name) || this.#kinds.size < mostKinds ? name : ''
		const known = this.#kinds.get(kind)
		if (known !== undefined) {
			known.held++
			known.write = write
			return
		}
		write(1)
		const begun = { held: 0, write, cancel: () => {} }
		this.#kinds.set(kind, begun)
		this.#writeLater(kind, begun)
	}

	/** Writes what is not written yet. */
	stop(): void {
		for (const { held, write, cancel } of this.#kinds.values()) {
			cancel()
			if (held > 0) write(held)
		}
		this.#kinds.clear()
	}

	#writeLater(name: string, kind: Kind): void {
		kind.cancel = this.#clock.after(this.#intervalMs, () => {
			const { held, write } = kind
			// Quiet for so long: the next one is a first one.
			if (held === 0) {
				this.#kinds.delete(name)
				return
			}
			kind.held = 0
			this.#writeLater(name, kind)
			write(held)
		})
	}
}
