/** What has changed since a reader looked last: a look costs what has changed, not what is there. */

/** Changes that are remembered: a reader who looks every second is behind by a few hundred. */
const mostKept = 100_000

export class TallyChanges {
	/** Tables, null for what is not of one table; the first is number `#forgotten` + 1. */
	#log: (string | null)[] = []
	#forgotten = 0

	get revision(): number {
		return this.#forgotten + this.#log.length
	}

	note(table: string | null): void {
		this.#log.push(table)
		if (this.#log.length < 2 * mostKept) return
		this.#log = this.#log.slice(mostKept)
		this.#forgotten += mostKept
	}

	/** Each table once; null where what has changed is forgotten. */
	since(revision: number): ReadonlySet<string> | null {
		if (revision < this.#forgotten) return null
		const changed = new Set<string>()
		for (const table of this.#log.slice(revision - this.#forgotten)) if (table !== null) changed.add(table)
		return changed
	}
}
