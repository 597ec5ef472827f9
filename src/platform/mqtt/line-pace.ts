/**
 * How fast a line is, by the acknowledgements that came over it: what a slow line differs by from a dead one. TCP itself
 * keeps a dead one for a quarter of an hour, and after a cut waits about as long again as the cut has lasted.
 */

/** Milliseconds of waiting in which what was learnt fades to a third: a line changes. */
const memoryMs = 10_000

export class LinePace {
	#bytes = 0
	#milliseconds = 0

	/** `tookMs`: milliseconds in which the line had nothing older to carry than these bytes. */
	acknowledged(bytes: number, tookMs: number): void {
		const kept = Math.exp(-tookMs / memoryMs)
		this.#bytes = this.#bytes * kept + bytes
		this.#milliseconds = this.#milliseconds * kept + tookMs
	}

	/** Milliseconds that an acknowledgement of so many bytes takes by what was seen; infinite before the first. */
	expected(bytes: number): number {
		return this.#bytes === 0 ? Number.POSITIVE_INFINITY : (bytes * this.#milliseconds) / this.#bytes
	}
}
