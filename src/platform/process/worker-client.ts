/**
 * A worker thread that answers requests: both sides. Anything unforeseen ends the thread, and whoever waits for it
 * gets the reason as an Error; another client is another thread.
 */
import { parentPort, type ResourceLimits, type Transferable, Worker } from 'node:worker_threads'
import type { Clock } from '../clock.ts'

type Outgoing<Ready, Answer> = { readonly ready: Ready } | { readonly id: number; readonly answer: Answer }

/** Bounds what scripts hold; buffers and the memory of WebAssembly are outside of it. */
const smallHeap = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 }

export class WorkerClient<Request, Answer, Ready = null> {
	/** What the thread says when it is ready, or what ended it before. */
	readonly ready: Promise<Ready | Error>
	readonly #worker: Worker
	readonly #waiting = new Map<number, (outcome: Answer | Error) => void>()
	#death: Error | undefined
	#last = 0

	/** Starts the thread. `workerData` goes to it as a copy. */
	constructor(file: URL, workerData: unknown, resourceLimits: ResourceLimits = smallHeap) {
		this.#worker = new Worker(file, { workerData, resourceLimits })
		this.ready = new Promise((resolve) => {
			const die = (cause: Error) => {
				this.#death ??= cause
				resolve(this.#death)
				for (const settle of this.#waiting.values()) settle(this.#death)
				this.#waiting.clear()
			}
			this.#worker.on('error', die)
			this.#worker.on('exit', () => die(new Error('the thread has ended, or was stopped')))
			this.#worker.on('message', (message: Outgoing<Ready, Answer>) => {
				if ('ready' in message) return resolve(message.ready)
				this.#waiting.get(message.id)?.(message.answer)
				this.#waiting.delete(message.id)
			})
		})
	}

	get alive(): boolean {
		return this.#death === undefined
	}

	async ask(request: Request, transfer: readonly Transferable[] = []): Promise<Answer | Error> {
		await this.ready
		if (this.#death !== undefined) return this.#death
		return await new Promise((resolve) => {
			this.#waiting.set(++this.#last, resolve)
			this.#worker.postMessage({ id: this.#last, request }, transfer)
		})
	}

	/** As `ask`, but an Error when there is no answer in time. */
	async askWithin(
		deadlineMs: number,
		clock: Clock,
		...request: Parameters<typeof this.ask>
	): Promise<Answer | Error> {
		let cancel = () => {}
		const late = new Promise<Error>((resolve) => {
			cancel = clock.after(deadlineMs, () => resolve(new Error(`no answer within ${deadlineMs} ms`)))
		})
		return await Promise.race([this.ask(...request), late]).finally(() => cancel())
	}

	async end(): Promise<void> {
		await this.#worker.terminate()
	}
}

/** In the thread: says that it is ready, and answers. What `transferOf` gives goes over without a copy. */
export function answerRequests<Request, Answer>(
	answer: (request: Request) => Promise<Answer>,
	{ ready = null as unknown, transferOf = (_: Answer): readonly Transferable[] => [] } = {},
): void {
	if (parentPort === null) throw new Error('this file is started as a worker thread')
	const port = parentPort
	port.on('message', async ({ id, request }: { readonly id: number; readonly request: Request }) => {
		const given = await answer(request)
		port.postMessage({ id, answer: given }, transferOf(given))
	})
	port.postMessage({ ready })
}
