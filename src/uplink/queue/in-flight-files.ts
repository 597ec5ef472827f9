/**
 * The files of entries that the centre holds, chunk by chunk. A chunk is in flight until the broker's
 * acknowledgement; whether it came, the receipt says when all are sent.
 */

import type { Range } from '../../evidence/fields.ts'
import { backoffCeiling } from '../../platform/backoff.ts'
import { unreachable } from '../../platform/result.ts'
import { chunkCount, chunkSize } from '../../protocol/chunks.ts'
import { largestFileBytes } from '../../protocol/limits.ts'
import { RangeSet } from '../../protocol/range-set.ts'
import {
	cutsBeforeParking,
	type ParkRequest,
	type PublishOutcome,
	type RetryPolicy,
	triesBeforeParking,
} from './retry-policy.ts'

/** Entries whose missing chunks are remembered; for others the centre is asked again by sending the entry. */
const mostKnown = 4096

export interface Chunk {
	readonly seq: number
	readonly sha256: string
	readonly index: number
}

export type MissingChunks = readonly { readonly sha256: string; readonly missing: readonly Range[] }[]

/** The files of one entry that are being sent. */
interface Job {
	readonly files: Map<string, { readonly wanted: RangeSet; readonly flying: Set<number> }>
	tries: number
	cuts: number
	/** No chunk is sent before this. When all are sent: the deadline of the receipt. */
	until: number
	complete: boolean
}

export class InFlightFiles {
	readonly #policy: RetryPolicy
	/** Milliseconds from one chunk to the next, at least. */
	readonly #pace: number
	#nextAt = Number.NEGATIVE_INFINITY
	readonly #jobs = new Map<number, Job>()
	/** What the centre lacks of entries whose turn has not come. */
	readonly #known = new Map<number, MissingChunks>()
	#inFlight = 0

	/** `bytesPerSecond`: what chunks may take of the line; a short one counts as a whole one. */
	constructor(policy: RetryPolicy, bytesPerSecond: number) {
		this.#policy = policy
		this.#pace = (1000 * chunkSize) / bytesPerSecond
	}

	/** Chunks without an acknowledgement. */
	get inFlight(): number {
		return this.#inFlight
	}

	/** Entries whose files are being sent. */
	get size(): number {
		return this.#jobs.size
	}

	has(seq: number): boolean {
		return this.#jobs.has(seq)
	}

	/** False when it can't be remembered: the centre must be asked again. */
	remember(seq: number, missing: MissingChunks): boolean {
		if (this.#known.size >= mostKnown) return false
		this.#known.set(seq, missing)
		return true
	}

	/** Begins with the files of an entry that is remembered; false when there is none. */
	beginNext(now: number): boolean {
		for (const [seq, missing] of this.#known) {
			this.#known.delete(seq)
			this.#jobs.set(seq, newJob(missing, 0, now))
			return true
		}
		return false
	}

	/** The centre answered what it lacks after all was sent. Says if that should be parked. */
	sendAgain(seq: number, missing: MissingChunks, now: number): ParkRequest | null {
		const job = this.#jobs.get(seq)
		if (job === undefined || !job.complete) return null
		job.tries++
		if (job.tries >= triesBeforeParking) return { seq, reason: 'incomplete', tries: job.tries }
		this.#jobs.set(seq, newJob(missing, job.tries, now))
		return null
	}

	end(seq: number): void {
		this.#known.delete(seq)
		for (const { flying } of this.#jobs.get(seq)?.files.values() ?? []) this.#inFlight -= flying.size
		this.#jobs.delete(seq)
	}

	/** Ends with all entries at and after `from`. */
	endFrom(from: number): void {
		for (const seq of [...this.#known.keys(), ...this.#jobs.keys()]) if (seq >= from) this.end(seq)
	}

	/** The broker's answer. Says what should be parked. */
	answered({ seq, sha256, index }: Chunk, outcome: PublishOutcome, now: number): ParkRequest | null {
		const job = this.#jobs.get(seq)
		const file = job?.files.get(sha256)
		if (job === undefined || file === undefined || !file.flying.delete(index)) return null
		this.#inFlight--
		switch (outcome) {
			case 'sent':
				job.cuts = 0
				if (allSent(job)) {
					job.complete = true
					job.until = now + backoffCeiling(job.tries, this.#policy.receipt)
				}
				return null
			case 'not-sent':
				file.wanted.add(index)
				job.until = now + this.#policy.receipt.firstMs
				return null
			case 'refused':
				file.wanted.add(index)
				job.tries++
				job.until = now + backoffCeiling(job.tries, this.#policy.receipt)
				return job.tries >= triesBeforeParking ? { seq, reason: outcome, tries: job.tries } : null
			case 'too-large':
			case 'unreadable':
				return { seq, reason: outcome, tries: job.tries }
			default:
				return unreachable(outcome)
		}
	}

	/** The connection is gone. Says what should be parked. */
	cut(now: number): ParkRequest[] {
		const parking: ParkRequest[] = []
		for (const [seq, job] of this.#jobs) {
			let cut = false
			for (const { wanted, flying } of job.files.values()) {
				cut ||= flying.size > 0
				for (const index of flying) wanted.add(index)
				this.#inFlight -= flying.size
				flying.clear()
			}
			if (cut && ++job.cuts >= cutsBeforeParking) {
				parking.push({ seq, reason: 'cut-off', tries: job.tries })
				continue
			}
			job.complete = allSent(job)
			job.until = now
		}
		return parking
	}

	/** Entries whose files are all sent and whose receipt did not come in time, and the tries so far. */
	*overdue(now: number): Iterable<{ readonly seq: number; readonly tries: number }> {
		for (const [seq, { complete, until, tries }] of this.#jobs) {
			if (complete && until <= now) yield { seq, tries }
		}
	}

	/** The centre is asked once more about the files of `seq`. */
	ask(seq: number, now: number): void {
		const job = this.#jobs.get(seq)
		if (job === undefined) return
		job.tries++
		job.until = now + backoffCeiling(job.tries, this.#policy.receipt)
	}

	/** Takes the next chunks to send, at most `most`. */
	take(now: number, most: number): Chunk[] {
		const taken: Chunk[] = []
		for (const [seq, { complete, until, files }] of this.#jobs) {
			if (complete || until > now) continue
			for (const [sha256, { wanted, flying }] of files) {
				for (
					let index = wanted.next(0);
					index !== undefined && taken.length < most && this.#nextAt <= now;
					index = wanted.next(index)
				) {
					this.#nextAt = now + this.#pace
					wanted.delete(index)
					flying.add(index)
					this.#inFlight++
					taken.push({ seq, sha256, index })
				}
			}
		}
		return taken
	}

	/** When each wants to be looked at. */
	*deadlines(): Iterable<number> {
		for (const { until } of this.#jobs.values()) yield until
		if (this.#jobs.size > 0) yield this.#nextAt
	}
}

function newJob(missing: MissingChunks, tries: number, now: number): Job {
	const files: Job['files'] = new Map()
	const lastChunk = chunkCount(largestFileBytes) - 1
	for (const { sha256, missing: ranges } of missing) {
		const wanted = new RangeSet()
		for (const [first, last] of ranges) wanted.addRange(first, Math.min(last, lastChunk))
		files.set(sha256, { wanted, flying: new Set() })
	}
	return { files, tries, cuts: 0, until: now, complete: allSent({ files }) }
}

function allSent({ files }: Pick<Job, 'files'>): boolean {
	for (const { wanted, flying } of files.values()) if (wanted.size + flying.size > 0) return false
	return true
}
