import { backoffCeiling } from '../../platform/backoff.ts'
import { type ParkRequest, type RetryPolicy, triesBeforeParking } from './retry-policy.ts'

/** An entry that is parked, and why: the receipt's `reason` where the centre rejected it. */
export interface ParkedEntry {
	readonly seq: number
	readonly reason: string
}

interface Waiting {
	readonly reason: string
	readonly tries: number
	readonly until: number
}

/** Entries that were tried often enough to let others pass; tried again slowly, for ever. */
export class ParkedEntries {
	readonly #policy: RetryPolicy
	readonly #waiting = new Map<number, Waiting>()
	/** Some of them wait for no other reason than the centre's silence. */
	#unanswered = false

	constructor(policy: RetryPolicy) {
		this.#policy = policy
	}

	get count(): number {
		return this.#waiting.size
	}

	list(limit: number): ParkedEntry[] {
		const found: ParkedEntry[] = []
		for (const [seq, { reason }] of this.#waiting) {
			if (found.push({ seq, reason }) >= limit) break
		}
		return found
	}

	has(seq: number): boolean {
		return this.#waiting.has(seq)
	}

	triesOf(seq: number): number | undefined {
		return this.#waiting.get(seq)?.tries
	}

	park({ seq, reason, tries }: ParkRequest, now: number): void {
		if (reason === 'unanswered') this.#unanswered = true
		const beyond = Math.max(0, tries - triesBeforeParking)
		this.#waiting.set(seq, { reason, tries, until: now + backoffCeiling(beyond, this.#policy.parked) })
	}

	end(seq: number): void {
		this.#waiting.delete(seq)
	}

	/** The centre answers: what was parked for its silence need not wait longer. */
	wakeUnanswered(now: number): void {
		if (!this.#unanswered) return
		this.#unanswered = false
		for (const [seq, waiting] of this.#waiting) {
			if (waiting.reason === 'unanswered') this.#waiting.set(seq, { ...waiting, until: now })
		}
	}

	/** Takes out one that is due to be tried again. */
	takeDue(now: number): { readonly seq: number; readonly tries: number } | undefined {
		for (const [seq, { tries, until }] of this.#waiting) {
			if (until > now) continue
			this.#waiting.delete(seq)
			return { seq, tries }
		}
		return undefined
	}

	/** When each is due. */
	*deadlines(): Iterable<number> {
		for (const { until } of this.#waiting.values()) yield until
	}
}
