/**
 * Somebody reads the papers of a queue, one after another.
 *
 * INVARIANTS
 * - An answer is on the disk, signed, before the next paper is named.
 * - To one paper a station has one answer that counts: another one names in `replaces` the one before.
 * - The same answer sent twice, as a browser does that got no reply, is one.
 */
import { Mutex } from 'async-mutex'
import type { SignedTranscription, Transcription } from '../../evidence/transcription.ts'
import type { SignedChain, SignedChainAppendFault } from '../../journal/signed-chain.ts'
import { type Clock, daysIn } from '../../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import type { Paper, Queue } from '../queue/queue.ts'
import { nextOf, orderAt } from './order.ts'
import type { Answer } from './typed.ts'

export interface PaperAtHand {
	readonly paper: Paper
	/** This station's answer that counts; null before the first. */
	readonly answer: SignedTranscription | null
}

export interface Given {
	/** The entry's id. */
	readonly entry: string
	/** SHA-256 of the picture that was looked at. */
	readonly image: string
	/** The id of the answer that was at hand when this one was begun; null for none. */
	readonly replaces: string | null
	readonly answer: Answer
}

/** `no-such-paper`, `no-such-picture`: not of this queue. `answered-meanwhile`: by another window. */
export type GivenFault =
	| SignedChainAppendFault
	| Fault<'no-such-paper' | 'no-such-picture' | 'answered-meanwhile'>

export class ReadingStation {
	readonly queue: Queue
	readonly #station: string
	readonly #chain: SignedChain<SignedTranscription, Transcription>
	readonly #dayOf: (milliseconds: number) => string
	readonly #clock: Clock
	readonly #order: readonly Paper[]
	readonly #papers: ReadonlyMap<string, Paper>
	/** By entry: also of papers of other queues. */
	readonly #answers = new Map<string, SignedTranscription>()
	readonly #writing = new Mutex()

	/** `station`: its id. The chain is the caller's, who closes it. */
	constructor(
		queue: Queue,
		station: string,
		chain: SignedChain<SignedTranscription, Transcription>,
		clock: Clock,
	) {
		this.queue = queue
		this.#station = station
		this.#chain = chain
		this.#clock = clock
		this.#dayOf = daysIn(queue.election.zone ?? 'UTC')
		this.#order = orderAt(station, queue.papers)
		this.#papers = new Map(queue.papers.map((paper) => [paper.entry, paper]))
		for (const signed of chain.all) this.#take(signed)
	}

	/** Papers of this queue that were answered, in the order in which they were last. */
	get answered(): readonly PaperAtHand[] {
		return [...this.#answers.values()].flatMap((answer) => {
			const paper = this.#papers.get(answer.transcription.entry)
			return paper === undefined ? [] : [{ paper, answer }]
		})
	}

	/** The paper to read now; null when all are answered. */
	get next(): Paper | null {
		return this.nextWithout(new Set())
	}

	/** The same, where some can't be read at all. */
	nextWithout(entries: ReadonlySet<string>): Paper | null {
		return nextOf(this.#order, this.queue, {
			has: (entry) => this.#answers.has(entry) || entries.has(entry),
			noActa: (entry) => this.#answers.get(entry)?.transcription.unreadable === 'no-acta',
		})
	}

	paper(entry: string): PaperAtHand | null {
		const paper = this.#papers.get(entry)
		return paper === undefined ? null : { paper, answer: this.#answers.get(entry) ?? null }
	}

	/** Resolves when it is on the disk; with the answer that counts. */
	answer(given: Given): Promise<Result<SignedTranscription, GivenFault>> {
		return this.#writing.runExclusive(() => this.#answer(given))
	}

	async #answer(given: Given): Promise<Result<SignedTranscription, GivenFault>> {
		const { entry, image, replaces, answer } = given
		const paper = this.#papers.get(entry)
		if (paper === undefined) return fail('no-such-paper', 'no paper of this queue')
		if (!paper.pictures.some(({ sha256 }) => sha256 === image)) {
			return fail('no-such-picture', 'no picture of this paper')
		}
		const before = this.#answers.get(entry)
		if (before !== undefined && saysTheSame(before.transcription, answer)) return ok(before)
		if ((before?.id ?? null) !== replaces) {
			return fail('answered-meanwhile', 'this paper was answered meanwhile, and not the same')
		}
		const appended = await this.#chain.append({
			v: 1,
			election: this.queue.election.id,
			station: this.#station,
			entry,
			image,
			...answer,
			signatures: [...answer.signatures],
			...(before === undefined ? {} : { replaces: before.id }),
			day: this.#dayOf(this.#clock.wall()),
		})
		if (appended.ok) this.#take(appended.value)
		return appended
	}

	#take(signed: SignedTranscription): void {
		const { entry, election } = signed.transcription
		if (election !== this.queue.election.id) return
		this.#answers.delete(entry)
		this.#answers.set(entry, signed)
	}
}

function saysTheSame(before: Transcription, answer: Answer): boolean {
	const said = [before.text, before.unreadable, before.code, before.signatures]
	const says =
		'text' in answer
			? [answer.text, undefined, undefined, answer.signatures]
			: [undefined, answer.unreadable, answer.code, answer.signatures]
	return JSON.stringify(said) === JSON.stringify(says)
}
