/** What an audit found wrong. The first faults are kept, all are counted. */
export interface AuditFault {
	/** Counted from 1. Line n of a healthy journal is entry n. */
	readonly line: number
	/** Which file the line is of, where it is not the entries'. */
	readonly file?: string
	/** Whose chain, where the file holds several. */
	readonly device?: string
	/** The entry that stands there, or should. */
	readonly seq?: number
	readonly code: string
	readonly detail: string
}

const mostKept = 100

export class AuditFaults {
	readonly #kept: AuditFault[] = []
	#count = 0

	add(fault: AuditFault): void {
		this.#count++
		if (this.#kept.length < mostKept) this.#kept.push(fault)
	}

	/** What was found in another file. */
	include(others: AuditFaults): void {
		for (const fault of others.kept) this.add(fault)
		this.#count += others.count - others.kept.length
	}

	get count(): number {
		return this.#count
	}

	get kept(): readonly AuditFault[] {
		return this.#kept
	}
}
