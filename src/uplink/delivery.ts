/**
 * Decides what an uplink sends next. Pure: it knows seqs and chunk numbers, no bytes, files or sockets, and
 * time comes in with every input.
 *
 * INVARIANTS
 * - An entry is done with only by a receipt that names it held, or by a receipt's `upto`. What a broker
 *   acknowledges changes nothing but the order of waiting.
 * - At most `mostInFlight` messages are on the way. An entry is on the way until its receipt, so a broker that
 *   swallows messages is not flooded; a chunk until its acknowledgement.
 * - Fresh entries go before images.
 * - No entry blocks the others: after some tries it is set aside and tried again slowly, for ever.
 * - What is kept grows with what is open, not with the journal.
 */
import type { Range } from '../evidence/fields.ts'
import type { Receipt } from '../evidence/receipt.ts'
import { unreachable } from '../platform/result.ts'
import { chunkCount } from '../protocol/chunks.ts'
import { largestFile, mostChunksInFlight, mostInFlight } from '../protocol/limits.ts'
import { RangeSet } from '../protocol/range-set.ts'

/** What became of a message: `sent` is the broker's acknowledgement; `unreadable` means that the journal could not be read. */
export type Outcome = 'sent' | 'not-sent' | 'refused' | 'too-large' | 'unreadable'

export type DeliveryInput =
	/** The journal holds entries 1 to `last`. */
	| { readonly type: 'journal'; readonly last: number }
	| { readonly type: 'connected'; readonly window: number }
	| { readonly type: 'disconnected' }
	| { readonly type: 'entry'; readonly seq: number; readonly outcome: Outcome }
	| {
			readonly type: 'chunk'
			readonly seq: number
			readonly sha256: string
			readonly index: number
			readonly outcome: Outcome
	  }
	/** A verified receipt for an entry of this journal. */
	| { readonly type: 'receipt'; readonly receipt: Receipt }
	| { readonly type: 'time' }

export type DeliveryOutput =
	| { readonly type: 'send-entry'; readonly seq: number }
	| { readonly type: 'send-chunk'; readonly seq: number; readonly sha256: string; readonly index: number }

/** Why something waits apart: the receipt's `reason` where the centre rejected it. */
export interface SetAside {
	readonly seq: number
	readonly reason: string
}

/** All waits of the delivery, in milliseconds. Each doubles from `first` up to `most`. */
export interface DeliveryDelays {
	/** From sending an entry, or the last chunk of its files, to the receipt. */
	readonly receipt: { readonly first: number; readonly most: number }
	/** Before a message that was set aside is tried again. */
	readonly aside: { readonly first: number; readonly most: number }
}

export const deliveryDelays: DeliveryDelays = {
	receipt: { first: 10_000, most: 120_000 },
	aside: { first: 60_000, most: 900_000 },
}

/** Tries before an entry makes room for others. */
const triesBeforeAside = 3

/**
 * Cuts of the connection, one after another with nothing acknowledged between, that a message was on the way in
 * before it makes room: some brokers end the connection at a message too large for them (mosquitto 2.0 with
 * `message_size_limit` answers MQTT 5 with a reason that no PUBACK may have).
 */
const cutsBeforeAside = 3

/** Of the messages in flight, those that may be retries of what was set aside. */
const asideInFlight = 4

/** Entries whose files are being sent at one time: what a broker holds for a slow centre stays small. */
const mostJobs = 4

/** Entries whose missing chunks are remembered; for others the centre is asked again by sending the entry. */
const mostKnown = 4096

interface Flight {
	/** `sending` until the broker's answer; `waiting` for the receipt; `resting` before the next try. */
	state: 'sending' | 'waiting' | 'resting'
	tries: number
	cuts: number
	/** End of `waiting` or `resting`. */
	until: number
	/** Sent to learn which chunks the centre wants; the centre is known to hold the entry. */
	readonly ask: boolean
	readonly retry: boolean
}

type SendEntry = (
	seq: number,
	flight: Pick<Flight, 'tries' | 'ask' | 'retry'> & { readonly cuts?: number },
) => void

interface Aside {
	readonly reason: string
	readonly tries: number
	readonly until: number
}

/** The files of one entry that are being sent. */
interface Job {
	readonly files: Map<string, { readonly wanted: RangeSet; readonly flying: Set<number> }>
	tries: number
	cuts: number
	/** No chunk is sent before this. When all are sent: the deadline of the receipt. */
	until: number
	complete: boolean
}

type Missing = readonly { readonly sha256: string; readonly missing: readonly Range[] }[]

export class Delivery {
	readonly #delays: DeliveryDelays
	#connected = false
	#window = 0
	#last = 0
	/** Entries that the centre holds. */
	readonly #held = new RangeSet()
	/** Entries that the centre holds with all their files. */
	readonly #done = new RangeSet()
	#nextFresh = 1
	#nextAsk = 1
	readonly #flights = new Map<number, Flight>()
	readonly #aside = new Map<number, Aside>()
	readonly #jobs = new Map<number, Job>()
	readonly #known = new Map<number, Missing>()
	#chunksInFlight = 0
	#unanswered = false

	/** `received` and `complete`: the seqs up to which all entries, and all their files, were received before. */
	constructor(received: number, complete: number, delays: DeliveryDelays = deliveryDelays) {
		this.#held.addRange(1, Math.max(received, complete))
		this.#done.addRange(1, complete)
		this.#delays = delays
	}

	/** The seq up to which the centre has all entries with all their files. */
	get complete(): number {
		return this.#done.nextMissing(1) - 1
	}

	get inFlight(): number {
		return this.#flights.size + this.#chunksInFlight
	}

	/** What waits apart, at most `limit` of it. */
	setAside(limit: number): SetAside[] {
		const found: SetAside[] = []
		for (const [seq, { reason }] of this.#aside) {
			if (found.push({ seq, reason }) >= limit) break
		}
		return found
	}

	get setAsideCount(): number {
		return this.#aside.size
	}

	/**
	 * When `time` wants to be told next; null while nothing waits. What is due already and was not sent waits
	 * for a free place, which comes with another input.
	 */
	wakeAt(now: number): number | null {
		if (!this.#connected) return null
		let at = Number.POSITIVE_INFINITY
		const consider = (until: number) => {
			if (until > now && until < at) at = until
		}
		for (const { state, until } of this.#flights.values()) if (state !== 'sending') consider(until)
		for (const { until } of this.#jobs.values()) consider(until)
		if (this.#retriesInFlight() < asideInFlight) {
			for (const { until } of this.#aside.values()) consider(until)
		}
		return Number.isFinite(at) ? at : null
	}

	/** Takes in what happened and says what to send now. `now`: milliseconds of a clock that never goes back. */
	take(input: DeliveryInput, now: number): DeliveryOutput[] {
		switch (input.type) {
			case 'journal':
				this.#last = Math.max(this.#last, input.last)
				break
			case 'connected':
				this.#connected = true
				this.#window = Math.max(1, Math.min(mostInFlight, input.window))
				break
			case 'disconnected':
				this.#disconnected(now)
				break
			case 'entry':
				this.#entryAnswered(input.seq, input.outcome, now)
				break
			case 'chunk':
				this.#chunkAnswered(input, now)
				break
			case 'receipt':
				this.#received(input.receipt, now)
				break
			case 'time':
				break
			default:
				unreachable(input)
		}
		if (!this.#connected) return []
		this.#passDeadlines(now)
		return this.#send(now)
	}

	#disconnected(now: number): void {
		this.#connected = false
		for (const [seq, flight] of this.#flights) {
			if (flight.state === 'sending' && ++flight.cuts >= cutsBeforeAside) {
				this.#putAside(seq, 'cut-off', flight.tries, now)
				continue
			}
			flight.state = 'resting'
			flight.until = now
		}
		for (const [seq, job] of this.#jobs) {
			let cut = false
			for (const { wanted, flying } of job.files.values()) {
				cut ||= flying.size > 0
				for (const index of flying) wanted.add(index)
				this.#chunksInFlight -= flying.size
				flying.clear()
			}
			if (cut && ++job.cuts >= cutsBeforeAside) {
				this.#putAside(seq, 'cut-off', job.tries, now)
				continue
			}
			job.complete = allSent(job)
			job.until = now
		}
	}

	#entryAnswered(seq: number, outcome: Outcome, now: number): void {
		const flight = this.#flights.get(seq)
		if (flight?.state !== 'sending') return
		switch (outcome) {
			case 'sent':
				flight.cuts = 0
				flight.state = 'waiting'
				flight.until = now + grown(this.#delays.receipt, flight.tries)
				break
			case 'not-sent':
				flight.state = 'resting'
				flight.until = now + this.#delays.receipt.first
				break
			case 'refused':
				flight.tries++
				if (flight.retry || flight.tries >= triesBeforeAside) this.#putAside(seq, outcome, flight.tries, now)
				else {
					flight.state = 'resting'
					flight.until = now + grown(this.#delays.receipt, flight.tries)
				}
				break
			case 'too-large':
			case 'unreadable':
				this.#putAside(seq, outcome, flight.tries, now)
				break
			default:
				unreachable(outcome)
		}
	}

	#chunkAnswered(
		{ seq, sha256, index, outcome }: Extract<DeliveryInput, { type: 'chunk' }>,
		now: number,
	): void {
		const job = this.#jobs.get(seq)
		const file = job?.files.get(sha256)
		if (job === undefined || file === undefined || !file.flying.delete(index)) return
		this.#chunksInFlight--
		switch (outcome) {
			case 'sent':
				job.cuts = 0
				if (allSent(job)) {
					job.complete = true
					job.until = now + grown(this.#delays.receipt, job.tries)
				}
				break
			case 'not-sent':
				file.wanted.add(index)
				job.until = now + this.#delays.receipt.first
				break
			case 'refused':
				file.wanted.add(index)
				job.tries++
				job.until = now + grown(this.#delays.receipt, job.tries)
				if (job.tries >= triesBeforeAside) this.#putAside(seq, outcome, job.tries, now)
				break
			case 'too-large':
			case 'unreadable':
				this.#putAside(seq, outcome, job.tries, now)
				break
			default:
				unreachable(outcome)
		}
	}

	#received({ seq, status, reason, images, upto }: Receipt, now: number): void {
		if (upto !== null) {
			this.#held.addRange(1, upto.seq)
			for (const [open, { ask }] of this.#flights) {
				if (open > upto.seq || open === seq || ask) continue
				// The centre has this one; how its files stand is said in another receipt, or asked for.
				this.#flights.delete(open)
				this.#nextAsk = Math.min(this.#nextAsk, open)
			}
		}
		const asked = this.#flights.get(seq)?.ask === true
		const tries = this.#flights.get(seq)?.tries ?? this.#aside.get(seq)?.tries ?? 0
		this.#flights.delete(seq)
		if (status === 'rejected') {
			if (!this.#done.has(seq)) this.#putAside(seq, reason ?? 'rejected', tries + 1, now)
			return
		}
		this.#aside.delete(seq)
		this.#held.add(seq)
		this.#wakeUnanswered(now)

		const missing = images.filter((image) => image.status === 'missing')
		if (missing.length === 0) {
			this.#done.add(seq)
			this.#known.delete(seq)
			this.#endJob(seq)
			return
		}
		if (this.#done.has(seq)) return
		const job = this.#jobs.get(seq)
		if (job === undefined) this.#remember(seq, missing)
		// Any other receipt may be older than the last chunks; the answer to a question put after them is not.
		else if (job.complete && asked) {
			job.tries++
			if (job.tries >= triesBeforeAside) this.#putAside(seq, 'incomplete', job.tries, now)
			else this.#jobs.set(seq, newJob(missing, job.tries, now))
		}
	}

	#remember(seq: number, missing: Missing): void {
		if (this.#known.size < mostKnown) this.#known.set(seq, missing)
		else this.#nextAsk = Math.min(this.#nextAsk, seq)
	}

	/** The centre answers: what was set aside for its silence need not wait longer. */
	#wakeUnanswered(now: number): void {
		if (!this.#unanswered) return
		this.#unanswered = false
		for (const [seq, aside] of this.#aside) {
			if (aside.reason === 'unanswered') this.#aside.set(seq, { ...aside, until: now })
		}
	}

	#passDeadlines(now: number): void {
		for (const [seq, flight] of this.#flights) {
			if (flight.state !== 'waiting' || flight.until > now) continue
			flight.tries++
			if (flight.retry || flight.tries >= triesBeforeAside)
				this.#putAside(seq, 'unanswered', flight.tries, now)
			else {
				flight.state = 'resting'
				flight.until = now
			}
		}
		for (const [seq, job] of this.#jobs) {
			if (!job.complete || job.until > now || this.#flights.has(seq)) continue
			if (job.tries >= triesBeforeAside) this.#putAside(seq, 'unanswered', job.tries, now)
		}
	}

	#putAside(seq: number, reason: string, tries: number, now: number): void {
		this.#flights.delete(seq)
		this.#known.delete(seq)
		this.#endJob(seq)
		if (reason === 'unanswered') this.#unanswered = true
		const beyond = Math.max(0, tries - triesBeforeAside)
		this.#aside.set(seq, { reason, tries, until: now + grown(this.#delays.aside, beyond) })
	}

	#endJob(seq: number): void {
		for (const { flying } of this.#jobs.get(seq)?.files.values() ?? []) this.#chunksInFlight -= flying.size
		this.#jobs.delete(seq)
	}

	#send(now: number): DeliveryOutput[] {
		const outputs: DeliveryOutput[] = []
		const sendEntry: SendEntry = (seq, flight) => {
			this.#flights.set(seq, { cuts: 0, ...flight, state: 'sending', until: 0 })
			outputs.push({ type: 'send-entry', seq })
		}

		let unacknowledged = this.#chunksInFlight
		for (const { state } of this.#flights.values()) if (state === 'sending') unacknowledged++
		for (const [seq, flight] of this.#flights) {
			// After a change of brokers there may be more in flight than this one takes at a time.
			if (unacknowledged >= this.#window) break
			if (flight.state !== 'resting' || flight.until > now) continue
			sendEntry(seq, flight)
			unacknowledged++
		}
		let retries = this.#retriesInFlight()
		for (const [seq, { tries, until }] of this.#aside) {
			if (retries >= asideInFlight || this.#free <= 0) break
			if (until > now) continue
			this.#aside.delete(seq)
			sendEntry(seq, { tries, ask: this.#held.has(seq), retry: true })
			retries++
		}
		for (;;) {
			this.#nextFresh = this.#held.nextMissing(this.#nextFresh)
			if (this.#nextFresh > this.#last) break
			if (this.#free <= 0) return outputs
			sendEntry(this.#nextFresh, { tries: 0, ask: false, retry: false })
			this.#nextFresh++
		}

		this.#openJobs(now, sendEntry)
		for (const [seq, job] of this.#jobs) {
			if (job.complete) {
				// All was sent and no receipt came: ask by sending the entry again.
				if (job.until <= now && !this.#flights.has(seq) && this.#free > 0) {
					job.tries++
					job.until = now + grown(this.#delays.receipt, job.tries)
					sendEntry(seq, { tries: 0, ask: true, retry: false })
				}
				continue
			}
			if (job.until > now) continue
			for (const [sha256, { wanted, flying }] of job.files) {
				for (
					let index = wanted.next(0);
					index !== undefined && this.#freeForChunks > 0;
					index = wanted.next(index)
				) {
					wanted.delete(index)
					flying.add(index)
					this.#chunksInFlight++
					outputs.push({ type: 'send-chunk', seq, sha256, index })
				}
			}
		}
		return outputs
	}

	/** Takes on the files of more entries, asking the centre first where it is not known what it wants. */
	#openJobs(now: number, sendEntry: SendEntry): void {
		let open = this.#jobs.size
		for (const { ask, retry } of this.#flights.values()) if (ask && !retry) open++
		for (const [seq, missing] of this.#known) {
			if (open >= mostJobs) return
			this.#known.delete(seq)
			this.#jobs.set(seq, newJob(missing, 0, now))
			open++
		}
		while (open < mostJobs && this.#free > 0) {
			const seq = this.#done.nextMissing(this.#nextAsk)
			if (seq > this.#last) return
			this.#nextAsk = seq + 1
			if (!this.#held.has(seq) || this.#aside.has(seq) || this.#jobs.has(seq) || this.#flights.has(seq))
				continue
			sendEntry(seq, { tries: 0, ask: true, retry: false })
			open++
		}
	}

	get #free(): number {
		return this.#window - this.inFlight
	}

	get #freeForChunks(): number {
		return Math.min(this.#free, mostChunksInFlight - this.#chunksInFlight)
	}

	#retriesInFlight(): number {
		let count = 0
		for (const { retry } of this.#flights.values()) if (retry) count++
		return count
	}
}

function newJob(missing: Missing, tries: number, now: number): Job {
	const files: Job['files'] = new Map()
	const lastChunk = chunkCount(largestFile) - 1
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

function grown({ first, most }: { readonly first: number; readonly most: number }, times: number): number {
	return Math.min(most, first * 2 ** Math.min(times, 30))
}
