/**
 * Lines of the log that whoever is at the other end can cause as often as he likes. The first of a kind is written
 * at once, then once in a while how many came since: a flood neither fills the log nor pushes out of it what was
 * there before.
 */
import type { Clock } from '../clock.ts'

/** Milliseconds between two lines of one kind. */
export const logIntervalMs = 60_000

/** Writes a line for so many of a kind, which came since the line before. */
type Tell = (times: number) => void

interface Kind {
	/** Not told yet, and how to tell the last of them. */
	untold: number
	tell: Tell
	cancel: () => void
}

export class LogLimiter {
	readonly #clock: Clock
	readonly #every: number
	readonly #kinds = new Map<string, Kind>()

	constructor(clock: Clock, every: number) {
		this.#clock = clock
		this.#every = every
	}

	/** `kind` is one of a few: it must not be for the other end to choose. */
	log(kind: string, tell: Tell): void {
		const known = this.#kinds.get(kind)
		if (known !== undefined) {
			known.untold++
			known.tell = tell
			return
		}
		tell(1)
		const begun = { untold: 0, tell, cancel: () => {} }
		this.#kinds.set(kind, begun)
		this.#tellLater(kind, begun)
	}

	/** Tells what is not told yet. */
	stop(): void {
		for (const { untold, tell, cancel } of this.#kinds.values()) {
			cancel()
			if (untold > 0) tell(untold)
		}
		this.#kinds.clear()
	}

	#tellLater(name: string, kind: Kind): void {
		kind.cancel = this.#clock.after(this.#every, () => {
			const { untold, tell } = kind
			// Quiet for so long: the next one is a first one.
			if (untold === 0) {
				this.#kinds.delete(name)
				return
			}
			kind.untold = 0
			this.#tellLater(name, kind)
			tell(untold)
		})
	}
}
