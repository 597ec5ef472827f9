import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { ElectionDefinition } from '../acta/election.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { fail } from '../platform/result.ts'
import { sniffMediaType } from './media-type.ts'
import type { Job, QrThreadAnswer, QrThreadData, Question } from './qr-thread-messages.ts'
import type { PictureFault, Reader, ReadingReport } from './reading.ts'

export interface QrReaderOptions {
	/** Milliseconds for one picture. */
	readonly deadlineMs?: number
	readonly clock?: Clock
}

/** Bytes of WebAssembly memory (a 16 MP picture leaves 52 MB) over which the thread is replaced to give it back. */
const largestHeapBytes = 64 << 20

/** Milliseconds for a sign of life, and for a new thread to load what it needs before. */
const livesWithinMs = 5_000

/** Small enough to copy within 1 ms. */
const copiedAtOnceBytes = 1 << 20

/**
 * Reads QR codes in a worker thread, so that the thread that draws the panel and syncs the journal is never
 * held. A thread that dies or takes too long costs one picture, which gets `timed-out`.
 */
export class QrReader implements Reader {
	readonly #election: ElectionDefinition
	readonly #deadlineMs: number
	readonly #clock: Clock
	#thread: Thread | undefined
	/** Threads on their way out; one may still hold a decoding that can't be interrupted. */
	readonly #ending = new Set<Promise<unknown>>()
	#turn: Promise<unknown> = Promise.resolve()
	#running = false
	/** Pictures that are being read or wait for it. */
	#underWay = 0

	/** The election definition has been validated by its owner. */
	constructor(election: ElectionDefinition, options: QrReaderOptions = {}) {
		this.#election = election
		this.#deadlineMs = options.deadlineMs ?? 20_000
		this.#clock = options.clock ?? systemClock
	}

	/** Rejects when the thread can't be started at all: an installation that lacks files. */
	async start(): Promise<void> {
		if (this.#running) return
		this.#running = true
		const thread = this.#launch()
		const outcome = await thread.ready
		if (outcome === 'ready' || !this.#running) return
		await this.stop()
		throw outcome.cause
	}

	read(bytes: Uint8Array): Promise<ReadingReport> {
		this.#underWay++
		const turn = this.#turn
			.then(() => this.#read(bytes))
			.finally(() => {
				this.#underWay--
			})
		this.#turn = turn.catch(() => undefined)
		return turn
	}

	async answers(): Promise<boolean> {
		if (!this.#running) return false
		if (this.#underWay > 0) return true
		const thread = this.#thread?.alive ? this.#thread : this.#launch()
		let cancel = () => {}
		const expired = new Promise<false>((resolve) => {
			cancel = this.#clock.after(livesWithinMs, () => resolve(false))
		})
		const lives = await Promise.race([thread.lives(), expired])
		cancel()
		// A picture that came meanwhile is read first, or has had the thread replaced.
		if (lives || this.#underWay > 0 || this.#thread !== thread) return true
		this.#replace()
		return false
	}

	async stop(): Promise<void> {
		this.#running = false
		this.#replace('end')
		await Promise.all(this.#ending)
	}

	async #read(bytes: Uint8Array): Promise<ReadingReport> {
		const sniffed = sniffMediaType(bytes)
		if (!sniffed.ok) return noPicture(sniffed.fault)
		if (!this.#running) return timedOut('the reader is not running')

		const thread = this.#thread?.alive ? this.#thread : this.#launch()
		let cancel = () => {}
		const expired = new Promise<'expired'>((resolve) => {
			cancel = this.#clock.after(this.#deadlineMs, () => resolve('expired'))
		})
		try {
			const outcome = await Promise.race([thread.read(bytes, sniffed.value), expired])
			if (outcome === 'expired') {
				this.#replace()
				return timedOut(`no answer within ${this.#deadlineMs} ms`)
			}
			if (outcome.kind === 'died') {
				this.#replace()
				return timedOut('the reading thread ended while it read this picture')
			}
			if (outcome.heapBytes > largestHeapBytes) this.#replace()
			return outcome.report
		} finally {
			cancel()
		}
	}

	#launch(): Thread {
		const decodeSeconds = Math.max(1, Math.ceil(this.#deadlineMs / 1000))
		this.#thread = new Thread({ election: this.#election, decodeSeconds })
		return this.#thread
	}

	/** Ends the thread; the next one starts at once, so that it is ready by the next picture. */
	#replace(then: 'start' | 'end' = 'start'): void {
		const old = this.#thread
		this.#thread = undefined
		if (old !== undefined) {
			const ended = old.end().finally(() => this.#ending.delete(ended))
			this.#ending.add(ended)
		}
		if (then === 'start' && this.#running) this.#launch()
	}
}

type Report = Extract<QrThreadAnswer, { kind: 'report' }>
type Outcome = Report | Death
interface Death {
	readonly kind: 'died'
	readonly cause: Error
}

/** One life of the worker thread. */
class Thread {
	readonly ready: Promise<'ready' | Death>
	readonly #worker: Worker
	#death: Death | undefined
	/** Ends the wait that is under way, if any. */
	#settle: (outcome: Outcome) => void = () => {}
	/** End the waits for a sign of life. */
	#signs: ((lives: boolean) => void)[] = []

	constructor(data: QrThreadData) {
		this.#worker = new Worker(new URL('./qr-thread.js', import.meta.url), {
			workerData: data,
			// Pictures and the search's memory are outside of these: they bound what scripts hold.
			resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
		})
		this.ready = new Promise((resolve) => {
			const die = (cause: Error) => {
				this.#death ??= { kind: 'died', cause }
				resolve(this.#death)
				this.#settle(this.#death)
				this.#sign(false)
			}
			this.#worker.on('error', die)
			this.#worker.on('exit', () => die(new Error('the reading thread ended')))
			this.#worker.on('message', (answer: QrThreadAnswer) => {
				if (answer.kind === 'ready') resolve('ready')
				else if (answer.kind === 'alive') this.#sign(true)
				else this.#settle(answer)
			})
		})
	}

	get alive(): boolean {
		return this.#death === undefined
	}

	async read(bytes: Uint8Array, mediaType: Job['mediaType']): Promise<Outcome> {
		await this.ready
		const copy = await copyInSlices(bytes)
		return await new Promise((resolve) => {
			if (this.#death !== undefined) return resolve(this.#death)
			this.#settle = resolve
			this.#worker.postMessage({ bytes: copy, mediaType } satisfies Job, [copy.buffer])
		})
	}

	/** Resolves when it has given a sign of life, or is dead. */
	async lives(): Promise<boolean> {
		await this.ready
		return await new Promise((resolve) => {
			if (this.#death !== undefined) return resolve(false)
			this.#signs.push(resolve)
			this.#worker.postMessage(null satisfies Question)
		})
	}

	#sign(lives: boolean): void {
		for (const given of this.#signs.splice(0)) given(lives)
	}

	end(): Promise<unknown> {
		return this.#worker.terminate()
	}
}

/**
 * A copy to hand over. The caller keeps its bytes, which go into the journal even when the thread dies with the
 * copy. Copying costs 1 ms per 3 MB, so a large scan is copied with pauses for everyone else.
 */
async function copyInSlices(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
	const copy = new Uint8Array(bytes.length)
	for (let start = 0; start < bytes.length; start += copiedAtOnceBytes) {
		if (start > 0) await setImmediate()
		copy.set(bytes.subarray(start, start + copiedAtOnceBytes), start)
	}
	return copy
}

function noPicture(fault: PictureFault): ReadingReport {
	return {
		reading: { kind: 'no-picture', fault },
		picture: null,
		decodeMs: 0,
		searchMs: 0,
		firstMs: 0,
		stage: null,
		sighting: null,
	}
}

function timedOut(detail: string): ReadingReport {
	return noPicture(fail('timed-out', detail).fault)
}
