/**
 * What officers rule, taken together (`provisioning/verify/COUNTING.md`, "Rulings"): rulings of the same table, excluded
 * entries and replaced rulings are one decision.
 */
import { decisionOf, type Ruling } from '../evidence/ruling.ts'

export interface Decision {
	readonly table: string
	/** Sorted. */
	readonly excludes: readonly string[]
	/** Sorted. */
	readonly replaces: readonly string[]
	/** Those of its rulings that are not disowned, by officer, then by number. */
	readonly rulings: readonly HeldRuling[]
	readonly disowned: readonly HeldRuling[]
	/** Two officers signed it. */
	readonly counts: boolean
	readonly isInForce: boolean
}

interface HeldRuling {
	readonly id: string
	readonly officer: string
	readonly seq: number
	readonly reason: Ruling['reason']
	readonly rests: Ruling['rests']
	readonly day: string
}

interface OpenDecision extends Decision {
	readonly held: HeldRuling[]
	rulings: readonly HeldRuling[]
	disowned: readonly HeldRuling[]
	counts: boolean
	isInForce: boolean
	/** Officers whose rulings are not disowned. */
	officers: number
}

export class Decisions {
	readonly #isDisowned: (officer: string, seq: number) => boolean
	readonly #decisions = new Map<string, OpenDecision>()
	/** By the id of each ruling. */
	readonly #of = new Map<string, OpenDecision>()
	readonly #byOfficer = new Map<string, Set<OpenDecision>>()
	readonly #byTable = new Map<string, Set<OpenDecision>>()
	/** By the id of a ruling the decisions that replace it. */
	readonly #replacing = new Map<string, Set<OpenDecision>>()
	readonly #excluded = new Map<string, ReadonlySet<string>>()
	#counted = 0
	#inForce = 0
	#single = 0

	constructor(isDisowned: (officer: string, seq: number) => boolean) {
		this.#isDisowned = isDisowned
	}

	/** How many there are. */
	get counts(): { readonly counted: number; readonly inForce: number; readonly single: number } {
		return { counted: this.#counted, inForce: this.#inForce, single: this.#single }
	}

	/** The entries that do not count for a table; undefined for none. */
	excludedFor(table: string): ReadonlySet<string> | undefined {
		return this.#excluded.get(table)
	}

	/** In an order that does not depend on what came first. */
	ofTable(table: string): readonly Decision[] {
		const keyOf = ({ excludes, replaces }: Decision) => JSON.stringify([excludes, replaces])
		return [...(this.#byTable.get(table) ?? [])].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
	}

	/** Gives the tables for which something else is excluded now. */
	add(id: string, ruling: Ruling): readonly string[] {
		if (this.#of.has(id)) return []
		const { table, officer, seq, reason, rests, day } = ruling
		const excludes = ruling.excludes.toSorted()
		const replaces = (ruling.replaces ?? []).toSorted()
		const key = decisionOf(ruling)
		const decision = this.#decisions.get(key) ?? this.#begin(key, { table, excludes, replaces })
		decision.held.push({ id, officer, seq, reason, rests, day })
		decision.held.sort(inOrderOfSigning)
		this.#of.set(id, decision)
		setIn(this.#byOfficer, officer).add(decision)
		return this.#recount([decision])
	}

	/** An officer was revoked. */
	revoked(officer: string): readonly string[] {
		return this.#recount(this.#byOfficer.get(officer) ?? [])
	}

	#begin(key: string, content: Pick<Decision, 'table' | 'excludes' | 'replaces'>): OpenDecision {
		const begun: OpenDecision = {
			...content,
			...{ held: [], rulings: [], disowned: [], counts: false, isInForce: false, officers: 0 },
		}
		this.#decisions.set(key, begun)
		setIn(this.#byTable, content.table).add(begun)
		for (const replaced of content.replaces) setIn(this.#replacing, replaced).add(begun)
		return begun
	}

	#recount(changed: Iterable<OpenDecision>): readonly string[] {
		const concerned = new Set<OpenDecision>()
		for (const decision of changed) {
			this.#note(decision, -1)
			const isDisowned = ({ officer, seq }: HeldRuling) => this.#isDisowned(officer, seq)
			decision.rulings = decision.held.filter((ruling) => !isDisowned(ruling))
			decision.disowned = decision.held.filter(isDisowned)
			decision.officers = new Set(decision.rulings.map(({ officer }) => officer)).size
			decision.counts = decision.officers >= 2
			this.#note(decision, 1)
			concerned.add(decision)
			for (const replaced of decision.replaces) {
				const other = this.#of.get(replaced)
				if (other !== undefined) concerned.add(other)
			}
		}
		const tables = new Set<string>()
		for (const decision of concerned) {
			const isInForce = decision.counts && !this.#isReplaced(decision)
			if (isInForce === decision.isInForce) continue
			decision.isInForce = isInForce
			this.#inForce += isInForce ? 1 : -1
			tables.add(decision.table)
		}
		for (const table of tables) this.#excludeAt(table)
		return [...tables]
	}

	#note({ counts, officers }: OpenDecision, sign: 1 | -1): void {
		if (counts) this.#counted += sign
		if (officers === 1) this.#single += sign
	}

	#isReplaced({ rulings }: OpenDecision): boolean {
		for (const { id } of rulings) {
			for (const other of this.#replacing.get(id) ?? []) if (other.counts) return true
		}
		return false
	}

	#excludeAt(table: string): void {
		const excluded = new Set<string>()
		for (const { isInForce, excludes } of this.#byTable.get(table) ?? []) {
			if (isInForce) for (const id of excludes) excluded.add(id)
		}
		if (excluded.size === 0) this.#excluded.delete(table)
		else this.#excluded.set(table, excluded)
	}
}

function inOrderOfSigning(one: HeldRuling, other: HeldRuling): number {
	if (one.officer !== other.officer) return one.officer < other.officer ? -1 : 1
	return one.seq - other.seq || (one.id < other.id ? -1 : 1)
}

function setIn<T>(sets: Map<string, Set<T>>, key: string): Set<T> {
	const found = sets.get(key)
	if (found !== undefined) return found
	const begun = new Set<T>()
	sets.set(key, begun)
	return begun
}
