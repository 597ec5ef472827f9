/**
 * Decides what an uplink sends next. Pure: it knows seqs and chunk numbers, no bytes, files or sockets, and
 * time comes in with every input.
 *
 * INVARIANTS
 * - An entry is done with only by a receipt that names it held, or by a receipt's `upto`. What a broker
 *   acknowledges changes nothing but the order of waiting.
 * - At most `mostInFlight` messages are in flight. An entry is in flight until its receipt, so a broker that
 *   swallows messages is not flooded; a chunk until its acknowledgement.
 * - Fresh entries go before images.
 * - No entry blocks the others: after some tries it is parked and tried again slowly, for ever. A device whose quota
 *   is full at the centre is not that: it pauses, and asks with one entry at a time whether it goes on.
 * - What is kept grows with what is open, not with the journal.
 */
import type { Position } from '../../evidence/fields.ts'
import type { Answer } from '../../evidence/receipt.ts'
import { unreachable } from '../../platform/result.ts'
import { mostChunksInFlight, mostInFlight, quotaReason } from '../../protocol/limits.ts'
import { RangeSet } from '../../protocol/range-set.ts'
import { type Attempt, InFlightEntries } from './in-flight-entries.ts'
import { type Chunk, InFlightFiles } from './in-flight-files.ts'
import { ParkedEntries, type ParkedEntry } from './parked-entries.ts'
import { QuotaPause } from './quota-pause.ts'
import {
	defaultRetryPolicy,
	type ParkRequest,
	type PublishOutcome,
	type RetryPolicy,
	triesBeforeParking,
} from './retry-policy.ts'

export type DeliveryInput =
	/** The journal holds entries 1 to `last`. */
	| { readonly type: 'journal'; readonly last: number }
	| { readonly type: 'connected'; readonly window: number }
	| { readonly type: 'disconnected' }
	| { readonly type: 'entry'; readonly seq: number; readonly outcome: PublishOutcome }
	| ({ readonly type: 'chunk'; readonly outcome: PublishOutcome } & Chunk)
	/** What a verified receipt says of entries of this journal. */
	| { readonly type: 'receipt'; readonly upto: Position | null; readonly answers: readonly Answer[] }
	/** The centre has lost what it held from seq `from` on. */
	| { readonly type: 'lost'; readonly from: number }
	| { readonly type: 'time' }

export type DeliveryOutput =
	| { readonly type: 'send-entry'; readonly seq: number }
	| ({ readonly type: 'send-chunk' } & Chunk)

/** Of the messages in flight, those that may be retries of what was parked. */
const mostParkedInFlight = 4

/** Entries whose files are being sent at one time: what a broker holds for a slow centre stays small. */
const mostJobs = 4

export class Delivery {
	#connected = false
	#window = 0
	#last = 0
	/** Entries that the centre holds. */
	readonly #held = new RangeSet()
	/** Entries that the centre holds with all their files. */
	readonly #done = new RangeSet()
	#nextFresh = 1
	#nextAsk = 1
	readonly #entries: InFlightEntries
	readonly #files: InFlightFiles
	readonly #parked: ParkedEntries
	/** Of everything, and of images alone. */
	readonly #pause = new QuotaPause()
	readonly #imagesPause = new QuotaPause()

	/**
	 * `received` and `complete`: the seqs up to which all entries, and all their files, were received before.
	 * `bytesPerSecond`: what images may take of the line; entries are not held back.
	 */
	constructor(
		received: number,
		complete: number,
		policy: RetryPolicy = defaultRetryPolicy,
		bytesPerSecond = Number.POSITIVE_INFINITY,
	) {
		this.#held.addRange(1, Math.max(received, complete))
		this.#done.addRange(1, complete)
		this.#entries = new InFlightEntries(policy)
		this.#files = new InFlightFiles(policy, bytesPerSecond)
		this.#parked = new ParkedEntries(policy)
	}

	/** The seq up to which the centre has all entries with all their files. */
	get complete(): number {
		return this.#done.nextMissing(1) - 1
	}

	/** The seq up to which the centre has all entries. */
	get held(): number {
		return this.#held.nextMissing(1) - 1
	}

	get inFlight(): number {
		return this.#entries.size + this.#files.inFlight
	}

	/** What is parked, at most `limit` of it. */
	parked(limit: number): ParkedEntry[] {
		return this.#parked.list(limit)
	}

	get parkedCount(): number {
		return this.#parked.count
	}

	/** What the centre keeps no more of for now. */
	get paused(): 'all' | 'images' | null {
		if (this.#pause.isOn) return 'all'
		return this.#imagesPause.isOn ? 'images' : null
	}

	/**
	 * When the next input `time` is due; null while nothing waits. What is due already and was not sent waits
	 * for a free place, which comes with another input.
	 */
	wakeAt(now: number): number | null {
		if (!this.#connected) return null
		let at = Number.POSITIVE_INFINITY
		const consider = (deadlines: Iterable<number>) => {
			for (const until of deadlines) if (until > now && until < at) at = until
		}
		consider(this.#pause.deadlines())
		consider(this.#imagesPause.deadlines())
		consider(this.#entries.deadlines())
		consider(this.#files.deadlines())
		if (this.#entries.count().retries < mostParkedInFlight) consider(this.#parked.deadlines())
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
				this.#connected = false
				for (const parking of this.#entries.cut(now)) this.#park(parking, now)
				for (const parking of this.#files.cut(now)) this.#park(parking, now)
				break
			case 'entry':
				this.#park(this.#entries.answered(input.seq, input.outcome, now), now)
				break
			case 'chunk':
				this.#park(this.#files.answered(input, input.outcome, now), now)
				break
			case 'receipt':
				this.#covered(input.upto?.seq ?? 0, new Set(input.answers.map(({ seq }) => seq)))
				for (const answer of input.answers) this.#answered(answer, now)
				break
			case 'lost':
				this.#lost(input.from)
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

	#covered(upto: number, answered: ReadonlySet<number>): void {
		this.#held.addRange(1, upto)
		// The centre has these; how their files stand is said in other receipts, or asked for.
		for (const covered of this.#entries.endCovered(upto, answered)) this.#askFrom(covered)
	}

	#answered({ seq, status, reason, images }: Answer, now: number): void {
		if (status === 'rejected' && reason === quotaReason) {
			this.#refusedByQuota(seq, now)
			return
		}
		// A duplicate may answer anything; what was asked, or is new, says that it goes on.
		if (status === 'stored' || this.#entries.has(seq)) this.#pause.end()
		const asked = this.#entries.get(seq)?.ask === true
		const tries = this.#entries.get(seq)?.tries ?? this.#parked.triesOf(seq) ?? 0
		this.#entries.end(seq)
		if (status === 'rejected') {
			if (!this.#done.has(seq)) this.#park({ seq, reason: reason ?? 'rejected', tries: tries + 1 }, now)
			return
		}
		this.#parked.end(seq)
		this.#held.add(seq)
		this.#parked.wakeUnanswered(now)

		const missing = images.filter((image) => image.status === 'missing')
		if (missing.length === 0) {
			if (this.#files.has(seq)) this.#imagesPause.end()
			this.#done.add(seq)
			this.#files.end(seq)
			return
		}
		if (this.#done.has(seq)) return
		if (!this.#files.has(seq)) {
			if (!this.#files.remember(seq, missing)) this.#askFrom(seq)
		}
		// Any other receipt may be older than the last chunks; the answer to a question put after them is not.
		else if (asked) this.#park(this.#files.sendAgain(seq, missing, now), now)
	}

	/** An entry that the centre holds is refused for its images alone. */
	#refusedByQuota(seq: number, now: number): void {
		if (this.#held.has(seq)) this.#imagesPause.begin(now)
		else this.#beginPause(now)
		this.#files.endFrom(1)
		this.#askFrom(1)
	}

	#beginPause(now: number): void {
		this.#pause.begin(now)
		for (const seq of this.#entries.endAll()) this.#nextFresh = Math.min(this.#nextFresh, seq)
		this.#files.endFrom(1)
		this.#askFrom(1)
	}

	#lost(from: number): void {
		this.#pause.end()
		this.#imagesPause.end()
		this.#held.deleteFrom(from)
		this.#done.deleteFrom(from)
		this.#files.endFrom(from)
		this.#nextFresh = Math.min(this.#nextFresh, from)
		this.#askFrom(from)
	}

	#askFrom(seq: number): void {
		this.#nextAsk = Math.min(this.#nextAsk, seq)
	}

	#passDeadlines(now: number): void {
		if (this.#pause.isOn) {
			if (this.#entries.isLate(now)) this.#beginPause(now)
			return
		}
		for (const parking of this.#entries.passDeadlines(now)) this.#park(parking, now)
		for (const { seq, tries } of this.#files.overdue(now)) {
			if (tries < triesBeforeParking || this.#entries.has(seq)) continue
			this.#park({ seq, reason: 'unanswered', tries }, now)
		}
	}

	#park(parking: ParkRequest | null, now: number): void {
		if (parking === null) return
		this.#entries.end(parking.seq)
		this.#files.end(parking.seq)
		this.#parked.park(parking, now)
	}

	#send(now: number): DeliveryOutput[] {
		const outputs: DeliveryOutput[] = []
		const sendEntry = (seq: number, attempt: Attempt) => {
			this.#entries.start(seq, attempt)
			outputs.push({ type: 'send-entry', seq })
		}
		if (this.#pause.isResting(now)) return outputs
		const asking = this.#pause.isOn ? this.#firstToSend() : null
		if (asking !== null) {
			if (this.#entries.size === 0) sendEntry(asking, { tries: 0, ask: false, retry: false })
			return outputs
		}
		this.#pause.end()

		const { sending, retries } = this.#entries.count()
		// After a change of brokers there may be more in flight than this one takes at a time.
		for (const seq of this.#entries.sendRested(now, this.#window - sending - this.#files.inFlight)) {
			outputs.push({ type: 'send-entry', seq })
		}
		for (let retried = retries; retried < mostParkedInFlight && this.#free > 0; retried++) {
			const due = this.#parked.takeDue(now)
			if (due === undefined) break
			sendEntry(due.seq, { tries: due.tries, ask: this.#held.has(due.seq), retry: true })
		}
		for (;;) {
			this.#nextFresh = this.#held.nextMissing(this.#nextFresh)
			if (this.#nextFresh > this.#last) break
			if (this.#entries.has(this.#nextFresh) || this.#parked.has(this.#nextFresh)) {
				this.#nextFresh++
				continue
			}
			if (this.#free <= 0) return outputs
			sendEntry(this.#nextFresh, { tries: 0, ask: false, retry: false })
			this.#nextFresh++
		}

		if (this.#imagesPause.isResting(now)) return outputs
		this.#beginFiles(now, sendEntry)
		for (const { seq } of this.#files.overdue(now)) {
			// All was sent and no receipt came: ask by sending the entry again.
			if (this.#entries.has(seq) || this.#free <= 0) continue
			this.#files.ask(seq, now)
			sendEntry(seq, { tries: 0, ask: true, retry: false })
		}
		for (const chunk of this.#files.take(now, this.#freeForChunks)) {
			outputs.push({ type: 'send-chunk', ...chunk })
		}
		return outputs
	}

	/** The first entry that waits; null for none. */
	#firstToSend(): number | null {
		let seq = this.#held.nextMissing(1)
		while (seq <= this.#last && this.#parked.has(seq)) seq = this.#held.nextMissing(seq + 1)
		return seq <= this.#last ? seq : null
	}

	/** Takes on the files of more entries, asking the centre first where it is not known what it wants. */
	#beginFiles(now: number, sendEntry: (seq: number, attempt: Attempt) => void): void {
		let open = this.#files.size + this.#entries.count().questions
		while (open < mostJobs && this.#files.beginNext(now)) open++
		while (open < mostJobs && this.#free > 0) {
			const seq = this.#done.nextMissing(this.#nextAsk)
			if (seq > this.#last) return
			this.#nextAsk = seq + 1
			if (!this.#held.has(seq) || this.#parked.has(seq) || this.#files.has(seq) || this.#entries.has(seq)) {
				continue
			}
			sendEntry(seq, { tries: 0, ask: true, retry: false })
			open++
		}
	}

	get #free(): number {
		return this.#window - this.inFlight
	}

	get #freeForChunks(): number {
		return Math.min(this.#free, mostChunksInFlight - this.#files.inFlight)
	}
}
