import { Mutex } from 'async-mutex'
import { type Clock, systemClock } from '../platform/clock.ts'
import { printable } from '../platform/printable.ts'
import { WorkerClient } from '../platform/process/worker-client.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { RefusedCustodian, SealingAnswer, SealingRequest } from './sealing-thread.ts'

type SealingThread = WorkerClient<SealingRequest, SealingAnswer, RefusedCustodian | null>

export interface FileFacts {
	/** Lower-case hex. */
	readonly sha256: string
	/** Bytes. */
	readonly size: number
}

export interface SealedFile {
	readonly plain: FileFacts
	readonly sealed: FileFacts
}

/** Stores bytes as they come, and says what it has stored. */
export type WriteFile = (bytes: AsyncIterable<Uint8Array>) => Promise<FileFacts>

/** `bad-custodian`: nobody could open what is sealed to it. `not-sealed`: this file; the next one may be. */
export type SealingFault = Fault<'bad-custodian' | 'not-sealed'>

export interface SealerOptions {
	/** Milliseconds for one part. */
	readonly deadlineMs?: number
	readonly clock?: Clock
}

/** Bytes handed over at a time: 1 ms to copy, 10 to seal. */
const partBytes = 1 << 20

/**
 * Seals files with age to the custodians, in a thread of its own, so that the thread that draws the panel and
 * syncs the journal is never held. It has nothing with which to open them again. Sealed bytes go to the disk
 * part by part; the plain ones never leave memory.
 */
export class Sealer {
	readonly #custodians: readonly string[]
	readonly #deadlineMs: number
	readonly #clock: Clock
	#thread: SealingThread | undefined
	readonly #sealing = new Mutex()
	#running = false

	constructor(custodians: readonly string[], options: SealerOptions = {}) {
		this.#custodians = custodians
		this.#deadlineMs = options.deadlineMs ?? 60_000
		this.#clock = options.clock ?? systemClock
	}

	/** Refused when a custodian's key is none. Rejects when the thread can't be started: files are lacking. */
	async start(): Promise<Result<true, SealingFault>> {
		this.#running = true
		const refused = await this.#launch().ready
		if (refused === null) return ok(true)
		await this.stop()
		if (refused instanceof Error) throw refused
		const { place, why } = refused
		return fail(
			'bad-custodian',
			`custodians[${place}]: is not a key of age: copy it again (${printable(why)})`,
		)
	}

	/** Gives the sealed bytes to `put`, whose own failure is thrown. One file at a time, in the order of asking. */
	seal(bytes: Uint8Array, put: WriteFile): Promise<Result<SealedFile, SealingFault>> {
		return this.#sealing.runExclusive(() => this.#seal(bytes, put))
	}

	async stop(): Promise<void> {
		this.#running = false
		await this.#thread?.end()
		this.#thread = undefined
	}

	async #seal(bytes: Uint8Array, put: WriteFile): Promise<Result<SealedFile, SealingFault>> {
		if (!this.#running) return fail('not-sealed', 'the sealer is not running')
		const said = { plain: '', sealed: '' }
		try {
			const stored = await put(this.#through(bytes, said))
			if (stored.sha256 !== said.sealed) {
				return fail('not-sealed', 'what was stored is not what was sealed: is the memory damaged?')
			}
			return ok({ plain: { sha256: said.plain, size: bytes.length }, sealed: stored })
		} catch (error) {
			if (!(error instanceof NotSealed)) throw error
			await this.#thread?.end()
			this.#thread = undefined
			return fail('not-sealed', error.message)
		}
	}

	/** The sealed bytes; when they have ended, `said` has the digests. */
	async *#through(bytes: Uint8Array, said: { plain: string; sealed: string }): AsyncGenerator<Uint8Array> {
		const thread = this.#thread?.alive ? this.#thread : this.#launch()
		for (let start = 0; start < bytes.length; start += partBytes) {
			// A copy to hand over: the caller keeps its own.
			const part = new Uint8Array(bytes.subarray(start, start + partBytes))
			const answer = await this.#ask(thread, { ask: 'part', bytes: part, first: start === 0 })
			if (answer.kind === 'sealed') yield answer.bytes
		}
		const answer = await this.#ask(thread, { ask: 'end' })
		if (answer.kind !== 'ended') throw new NotSealed(`the sealing thread answered ${answer.kind}`)
		said.plain = answer.plain
		said.sealed = answer.sealed
		yield answer.bytes
	}

	async #ask(thread: SealingThread, request: SealingRequest): Promise<SealingAnswer> {
		const transfer = 'bytes' in request ? [request.bytes.buffer] : []
		const answer = await thread.askWithin(this.#deadlineMs, this.#clock, request, transfer)
		if (answer instanceof Error) throw new NotSealed(printable(answer.message))
		return answer
	}

	#launch(): SealingThread {
		this.#thread = new WorkerClient(new URL('./sealing-thread.js', import.meta.url), this.#custodians)
		return this.#thread
	}
}

class NotSealed extends Error {}
