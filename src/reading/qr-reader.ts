import { setImmediate } from 'node:timers/promises'
import { Mutex } from 'async-mutex'
import type { ElectionDefinition } from '../acta/election.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { printable } from '../platform/printable.ts'
import { WorkerClient } from '../platform/process/worker-client.ts'
import { fail } from '../platform/result.ts'
import { type PictureFault, sniffMediaType } from './media-type.ts'
import type { QrAnswer, QrRequest, QrThreadData } from './qr-thread.ts'
import type { Reader, ReadingReport } from './reading.ts'

type QrThread = WorkerClient<QrRequest, QrAnswer>

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
	#thread: QrThread | undefined
	/** Threads on their way out; one may still hold a decoding that can't be interrupted. */
	readonly #ending = new Set<Promise<unknown>>()
	readonly #reading = new Mutex()
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
		if (!(outcome instanceof Error) || !this.#running) return
		await this.stop()
		throw outcome
	}

	read(bytes: Uint8Array): Promise<ReadingReport> {
		this.#underWay++
		return this.#reading
			.runExclusive(() => this.#read(bytes))
			.finally(() => {
				this.#underWay--
			})
	}

	async answers(): Promise<boolean> {
		if (!this.#running) return false
		if (this.#underWay > 0) return true
		const thread = this.#thread?.alive ? this.#thread : this.#launch()
		const sign = await thread.askWithin(livesWithinMs, this.#clock, null)
		// A picture that came meanwhile is read first, or has had the thread replaced.
		if (!(sign instanceof Error) || this.#underWay > 0 || this.#thread !== thread) return true
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
		const copy = await copyInSlices(bytes)
		if (!this.#running) return timedOut('the reader is not running')
		const thread = this.#thread?.alive ? this.#thread : this.#launch()
		const request = { bytes: copy, mediaType: sniffed.value }
		const answer = await thread.askWithin(this.#deadlineMs, this.#clock, request, [copy.buffer])
		if (answer instanceof Error) {
			this.#replace()
			return timedOut(printable(answer.message))
		}
		if (answer === null) throw new Error('a sign of life is no reading')
		if (answer.heapBytes > largestHeapBytes) this.#replace()
		return answer.report
	}

	#launch(): QrThread {
		const decodeSeconds = Math.max(1, Math.ceil(this.#deadlineMs / 1000))
		const data: QrThreadData = { election: this.#election, decodeSeconds }
		this.#thread = new WorkerClient(new URL('./qr-thread.js', import.meta.url), data)
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
