/** Whose objects count up to which number, and which entries their devices marked as mistakes. */
import type { RecordedBy, Standing } from './entry-facts.ts'

export class Standings {
	/** The last good seq of each that is revoked. */
	readonly #last = new Map<string, number>()
	/** `<device>/<id>`, and the lowest seq that voids it: only the device that recorded can void. */
	readonly #voids = new Map<string, number>()

	/** False where a revocation that is known says no less. */
	revoke(signer: string, last: number): boolean {
		if (last >= (this.#last.get(signer) ?? Number.POSITIVE_INFINITY)) return false
		this.#last.set(signer, last)
		return true
	}

	/** `seq`: of the entry that marks another as a mistake; it may come before that one. */
	void(device: string, seq: number, id: string): void {
		const voided = `${device}/${id}`
		this.#voids.set(voided, Math.min(seq, this.#voids.get(voided) ?? seq))
	}

	get revoked(): Iterable<string> {
		return this.#last.keys()
	}

	isDisowned(signer: string, seq: number): boolean {
		return seq > (this.#last.get(signer) ?? seq)
	}

	/** The number of the first entry that marks it as a mistake. */
	voidedBy({ device, id }: RecordedBy): number | undefined {
		return this.#voids.get(`${device}/${id}`)
	}

	of(by: RecordedBy): Standing {
		if (this.isDisowned(by.device, by.seq)) return 'disowned'
		const voidedBy = this.voidedBy(by)
		// Whoever stole a key can't void with it what was recorded before.
		return voidedBy === undefined || this.isDisowned(by.device, voidedBy) ? 'good' : 'void'
	}
}
