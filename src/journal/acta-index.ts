/** Which actas a journal holds: answers "already scanned?" and "same table, other votes?". */
import type { SignedEntry } from '../evidence/entry.ts'

export interface RecordedActa {
	readonly seq: number
	/** 1, 2, 3 … among the actas of this journal: the number that volunteers see. */
	readonly number: number
	/** The payload to the letter; null for an acta recorded without a reading. */
	readonly text: string | null
}

export class ActaIndex {
	readonly #byCode = new Map<string, RecordedActa[]>()
	/** The seqs of all actas, in order. */
	readonly #seqs: number[] = []

	add({ entry }: SignedEntry): void {
		if (entry.kind === 'void') this.#forget(entry.voids.seq)
		if (entry.kind !== 'acta') return
		this.#seqs.push(entry.seq)
		const { code, text } = entry.reading
		if (code === null) return
		const acta = { seq: entry.seq, number: this.#seqs.length, text }
		const known = this.#byCode.get(code)
		if (known === undefined) this.#byCode.set(code, [acta])
		else known.push(acta)
	}

	/** What was recorded under an acta code and not voided, oldest first. */
	find(code: string): readonly RecordedActa[] {
		return this.#byCode.get(code) ?? []
	}

	get count(): number {
		return this.#seqs.length
	}

	/** How many actas stand at `seq` or before it. */
	countUpTo(seq: number): number {
		let low = 0
		let high = this.#seqs.length
		while (low < high) {
			const middle = (low + high) >> 1
			if ((this.#seqs[middle] ?? 0) <= seq) low = middle + 1
			else high = middle
		}
		return low
	}

	/** A voided acta may be scanned again; its number stays taken. */
	#forget(seq: number): void {
		for (const [code, actas] of this.#byCode) {
			const left = actas.filter((acta) => acta.seq !== seq)
			if (left.length < actas.length) this.#byCode.set(code, left)
		}
	}
}
