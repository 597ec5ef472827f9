import type { Range } from '../evidence/fields.ts'

/**
 * A set of whole numbers kept as runs: which seqs are done, which chunks have come. A chain of 30,000 entries
 * that came in order is one run. Ours, for `missing`, which has a cap.
 */
export class RangeSet {
	/** Sorted, apart from each other by at least one number. */
	readonly #runs: [number, number][] = []

	static of(ranges: Iterable<Range>): RangeSet {
		const set = new RangeSet()
		for (const [first, last] of ranges) set.addRange(first, last)
		return set
	}

	add(number: number): void {
		this.addRange(number, number)
	}

	addRange(first: number, last: number): void {
		if (last < first) return
		const runs = this.#runs
		const start = this.#firstEndingAt(first - 1)
		let end = start
		let [from, to] = [first, last]
		for (let run = runs[end]; run !== undefined && run[0] <= last + 1; run = runs[++end]) {
			from = Math.min(from, run[0])
			to = Math.max(to, run[1])
		}
		runs.splice(start, end - start, [from, to])
	}

	has(number: number): boolean {
		const run = this.#runs[this.#firstEndingAt(number)]
		return run !== undefined && run[0] <= number
	}

	delete(number: number): void {
		const at = this.#firstEndingAt(number)
		const run = this.#runs[at]
		if (run === undefined || run[0] > number) return
		const [first, last] = run
		const left: [number, number][] = []
		if (first < number) left.push([first, number - 1])
		if (number < last) left.push([number + 1, last])
		this.#runs.splice(at, 1, ...left)
	}

	/** Takes out every number at or after `from`. */
	deleteFrom(from: number): void {
		const at = this.#firstEndingAt(from)
		const run = this.#runs[at]
		if (run === undefined) return
		const left: [number, number][] = run[0] < from ? [[run[0], from - 1]] : []
		this.#runs.splice(at, this.#runs.length - at, ...left)
	}

	/** The least number at or after `from` that is in the set. */
	next(from: number): number | undefined {
		const run = this.#runs[this.#firstEndingAt(from)]
		return run === undefined ? undefined : Math.max(from, run[0])
	}

	/** The least number at or after `from` that is not in the set. */
	nextMissing(from: number): number {
		const run = this.#runs[this.#firstEndingAt(from)]
		return run === undefined || run[0] > from ? from : run[1] + 1
	}

	/** The runs between `first` and `last` that are not in the set; at most `limit` of them, the lowest. */
	missing(first: number, last: number, limit = Number.POSITIVE_INFINITY): Range[] {
		const found: Range[] = []
		let from = this.nextMissing(first)
		while (from <= last && found.length < limit) {
			const held = this.next(from) ?? last + 1
			found.push([from, Math.min(last, held - 1)])
			from = this.nextMissing(held)
		}
		return found
	}

	get ranges(): readonly Range[] {
		return this.#runs
	}

	get size(): number {
		return this.#runs.reduce((sum, [first, last]) => sum + last - first + 1, 0)
	}

	get highest(): number | undefined {
		return this.#runs.at(-1)?.[1]
	}

	/** Index of the first run whose end is at or after `number`. */
	#firstEndingAt(number: number): number {
		let low = 0
		let high = this.#runs.length
		while (low < high) {
			const middle = (low + high) >>> 1
			if ((this.#runs[middle]?.[1] ?? 0) < number) low = middle + 1
			else high = middle
		}
		return low
	}
}
