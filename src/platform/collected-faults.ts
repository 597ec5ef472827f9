import type { Fault } from './result.ts'

const mostKept = 100

/** The first faults are kept, all are counted: what others hand us can be made to hold millions. */
export class CollectedFaults<F extends Fault> {
	readonly #kept: F[] = []
	#count = 0

	add(fault: F): void {
		this.#count++
		if (this.#kept.length < mostKept) this.#kept.push(fault)
	}

	/** What was found in another file. */
	include(others: CollectedFaults<F>): void {
		for (const fault of others.kept) this.add(fault)
		this.#count += others.count - others.kept.length
	}

	get count(): number {
		return this.#count
	}

	get kept(): readonly F[] {
		return this.#kept
	}
}
