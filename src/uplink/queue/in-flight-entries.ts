/** Entries sent whose receipts have not come yet. An entry is in flight until its receipt. */
import { backoffCeiling } from '../../platform/backoff.ts'
import { unreachable } from '../../platform/result.ts'
import {
	cutsBeforeParking,
	type ParkRequest,
	type PublishOutcome,
	type RetryPolicy,
	triesBeforeParking,
} from './retry-policy.ts'

export interface Attempt {
	readonly tries: number
	/** Sent to learn which chunks the centre wants; the centre is known to hold the entry. */
	readonly ask: boolean
	/** It was parked before. */
	readonly retry: boolean
}

interface Flight extends Attempt {
	/** `sending` until the broker's answer; `waiting` for the receipt; `resting` before the next try. */
	state: 'sending' | 'waiting' | 'resting'
	tries: number
	cuts: number
	/** End of `waiting` or `resting`. */
	until: number
}

export class InFlightEntries {
	readonly #policy: RetryPolicy
	readonly #flights = new Map<number, Flight>()

	constructor(policy: RetryPolicy) {
		this.#policy = policy
	}

	get size(): number {
		return this.#flights.size
	}

	has(seq: number): boolean {
		return this.#flights.has(seq)
	}

	get(seq: number): Attempt | undefined {
		return this.#flights.get(seq)
	}

	/** How many of them are without the broker's answer; were parked before; ask for the first time. */
	count(): { readonly sending: number; readonly retries: number; readonly questions: number } {
		let [sending, retries, questions] = [0, 0, 0]
		for (const { state, ask, retry } of this.#flights.values()) {
			if (state === 'sending') sending++
			if (retry) retries++
			else if (ask) questions++
		}
		return { sending, retries, questions }
	}

	start(seq: number, attempt: Attempt): void {
		this.#flights.set(seq, { cuts: 0, ...attempt, state: 'sending', until: 0 })
	}

	end(seq: number): void {
		this.#flights.delete(seq)
	}

	/** Ends those that a receipt's `upto` covers; what they ask for it does not answer. Gives their seqs. */
	endCovered(upto: number, answered: ReadonlySet<number>): number[] {
		const ended: number[] = []
		for (const [seq, { ask }] of this.#flights) {
			if (seq > upto || answered.has(seq) || ask) continue
			this.#flights.delete(seq)
			ended.push(seq)
		}
		return ended
	}

	/** The broker's answer. Says what should be parked. */
	answered(seq: number, outcome: PublishOutcome, now: number): ParkRequest | null {
		const flight = this.#flights.get(seq)
		if (flight?.state !== 'sending') return null
		switch (outcome) {
			case 'sent':
				flight.cuts = 0
				flight.state = 'waiting'
				flight.until = now + backoffCeiling(flight.tries, this.#policy.receipt)
				return null
			case 'not-sent':
				rest(flight, now + this.#policy.receipt.firstMs)
				return null
			case 'refused':
				flight.tries++
				if (isSpent(flight)) return { seq, reason: outcome, tries: flight.tries }
				rest(flight, now + backoffCeiling(flight.tries, this.#policy.receipt))
				return null
			case 'too-large':
			case 'unreadable':
				return { seq, reason: outcome, tries: flight.tries }
			default:
				return unreachable(outcome)
		}
	}

	/** The connection is gone. Says what should be parked. */
	cut(now: number): ParkRequest[] {
		const parking: ParkRequest[] = []
		for (const [seq, flight] of this.#flights) {
			if (flight.state === 'sending' && ++flight.cuts >= cutsBeforeParking) {
				parking.push({ seq, reason: 'cut-off', tries: flight.tries })
			} else rest(flight, now)
		}
		return parking
	}

	/** Receipts that did not come in time. Says what should be parked. */
	passDeadlines(now: number): ParkRequest[] {
		const parking: ParkRequest[] = []
		for (const [seq, flight] of this.#flights) {
			if (flight.state !== 'waiting' || flight.until > now) continue
			flight.tries++
			if (isSpent(flight)) parking.push({ seq, reason: 'unanswered', tries: flight.tries })
			else rest(flight, now)
		}
		return parking
	}

	/** Whether one was not answered in time, or has rested. */
	isLate(now: number): boolean {
		for (const { state, until } of this.#flights.values())
			if (state !== 'sending' && until <= now) return true
		return false
	}

	/** Ends with all of them. Gives their seqs. */
	endAll(): number[] {
		const ended = [...this.#flights.keys()]
		this.#flights.clear()
		return ended
	}

	/** Sends again those that have rested, at most `most`. Gives their seqs. */
	sendRested(now: number, most: number): number[] {
		const sent: number[] = []
		for (const [seq, flight] of this.#flights) {
			if (sent.length >= most) break
			if (flight.state !== 'resting' || flight.until > now) continue
			flight.state = 'sending'
			sent.push(seq)
		}
		return sent
	}

	/** When each wants to be looked at. */
	*deadlines(): Iterable<number> {
		for (const { state, until } of this.#flights.values()) if (state !== 'sending') yield until
	}
}

function rest(flight: Flight, until: number): void {
	flight.state = 'resting'
	flight.until = until
}

function isSpent({ retry, tries }: Flight): boolean {
	return retry || tries >= triesBeforeParking
}
