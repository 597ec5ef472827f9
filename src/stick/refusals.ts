/** What was refused of a stick. The first are kept, all are counted: a stick can be made to hold millions. */
export interface Refusal {
	/** Below the stick's own folder. */
	readonly file: string
	/** Counted from 1, in a file of lines. */
	readonly line?: number
	readonly code: string
	readonly detail: string
}

/** By their code units: the same order everywhere. */
function compare(a: string, b: string): number {
	if (a === b) return 0
	return a < b ? -1 : 1
}

const mostKept = 100

export class Refusals {
	readonly #kept: Refusal[] = []
	#count = 0

	add(refusal: Refusal): void {
		this.#count++
		if (this.#kept.length < mostKept) this.#kept.push(refusal)
	}

	get count(): number {
		return this.#count
	}

	/** By file and line. */
	get kept(): readonly Refusal[] {
		return [...this.#kept].sort((a, b) => compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0))
	}
}
