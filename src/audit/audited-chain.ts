import type { RevokedDevice } from '../evidence/authority/revocation.ts'
import type { Position, Range } from '../evidence/fields.ts'
import { quarantineFault } from './published-authority.ts'

/** An entry's place in its chain, and where it stands in the ledger. */
export interface PlacedEntry {
	readonly line: number
	readonly seq: number
	readonly id: string
	/** Null where it is not known: of an object that is withheld. */
	readonly prev: string | null
}

export interface AuditedChainFault {
	readonly line: number
	readonly seq: number
	readonly code: 'gap' | 'equivocation' | 'bad-prev' | 'revoked'
	readonly detail: string
}

/** What one device, station or officer signed, as a centre got it: in any order, some twice, some not at all, some in conflict. */
export class AuditedChain {
	readonly #genesis: string
	/** By seq the different entries that bear it, in the order in which they came. */
	readonly #bySeq = new Map<number, PlacedEntry[]>()
	#contiguous = 0
	#highest = 0

	/** Undefined while the device is in good standing. */
	readonly revocation: RevokedDevice | undefined

	constructor(genesis: string, revocation: RevokedDevice | undefined) {
		this.#genesis = genesis
		this.revocation = revocation
	}

	add(placed: PlacedEntry): void {
		const bearers = this.#bySeq.get(placed.seq) ?? []
		if (bearers.some(({ id }) => id === placed.id)) return
		this.#bySeq.set(placed.seq, [...bearers, placed])
		this.#highest = Math.max(this.#highest, placed.seq)
		while (this.#bySeq.has(this.#contiguous + 1)) this.#contiguous++
	}

	/** The highest seq that is there; 0 for none. */
	get highest(): number {
		return this.#highest
	}

	/** Entries after the last good one of a revoked device. */
	get quarantined(): number {
		const { revocation } = this
		if (revocation === undefined) return 0
		return [...this.#bySeq].reduce(
			(sum, [seq, { length }]) => (seq > revocation.last ? sum + length : sum),
			0,
		)
	}

	/** Of the entries that bear a seq. */
	idsAt(seq: number): readonly string[] {
		return this.#bySeq.get(seq)?.map(({ id }) => id) ?? []
	}

	has(seq: number, id: string): boolean {
		return this.#bySeq.get(seq)?.some((placed) => placed.id === id) ?? false
	}

	/** The last seq before which none is missing; 0 while the first is. */
	get contiguous(): number {
		return this.#contiguous
	}

	get upto(): Position | null {
		const placed = this.#bySeq.get(this.#contiguous)?.[0]
		return placed === undefined ? null : { seq: placed.seq, id: placed.id }
	}

	get entries(): number {
		return [...this.#bySeq.values()].reduce((sum, bearers) => sum + bearers.length, 0)
	}

	gaps(): readonly Range[] {
		const gaps: Range[] = []
		let last = 0
		for (const seq of this.#seqs()) {
			if (seq > last + 1) gaps.push([last + 1, seq - 1])
			last = seq
		}
		return gaps
	}

	equivocations(): readonly number[] {
		return this.#seqs().filter((seq) => (this.#bySeq.get(seq)?.length ?? 0) > 1)
	}

	faults(): readonly AuditedChainFault[] {
		const faults: AuditedChainFault[] = []
		let last = 0
		for (const seq of this.#seqs()) {
			const bearers = this.#bySeq.get(seq) ?? []
			const [first, ...others] = bearers
			if (first !== undefined && seq > last + 1) {
				const missing = last + 1 === seq - 1 ? `seq ${last + 1} is` : `seqs ${last + 1} to ${seq - 1} are`
				faults.push({ line: first.line, seq: last + 1, code: 'gap', detail: `${missing} missing` })
			}
			for (const { line } of others) {
				faults.push({
					line,
					seq,
					code: 'equivocation',
					detail: `another entry than in line ${first?.line} bears seq ${seq}: the device was cloned or rolled back`,
				})
			}
			for (const placed of bearers) {
				if (!this.#follows(placed)) {
					faults.push({
						line: placed.line,
						seq,
						code: 'bad-prev',
						detail: `seq ${seq} does not follow from an entry before it`,
					})
				}
			}
			if (this.revocation !== undefined && seq > this.revocation.last) {
				for (const { line } of bearers) faults.push(quarantineFault(line, seq))
			}
			last = seq
		}
		return faults
	}

	/** False only when the entry before it is held and is another than it names. */
	#follows({ seq, prev }: PlacedEntry): boolean {
		if (prev === null) return true
		if (seq === 1) return prev === this.#genesis
		return !this.#bySeq.has(seq - 1) || this.has(seq - 1, prev)
	}

	#seqs(): number[] {
		return [...this.#bySeq.keys()].sort((a, b) => a - b)
	}
}
