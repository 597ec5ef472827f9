/**
 * Prints and photographs actas in a worker thread, one after another, so that a kiosk in the same process goes
 * on undisturbed.
 */
import { Worker } from 'node:worker_threads'
import type { ElectionDefinition } from '../acta/election.ts'
import type { Paper } from './paper/strip.ts'
import type { Neighbour } from './photograph/photograph.ts'
import type { Megapixels, Photograph, Severity, View } from './photograph/severity.ts'

export interface PrintOrder {
	readonly paper: Paper
	readonly severity: Severity
	/** Of the photograph; the paper has its own. */
	readonly seed: string
	readonly megapixels: Megapixels
	readonly view?: View
	/** Replaces what was drawn from severity and seed. */
	readonly overrides?: Partial<Photograph>
	readonly neighbours?: readonly Neighbour[]
}

export interface Print {
	readonly jpeg: Uint8Array
	/** What it was taken with, overrides included. */
	readonly photograph: Photograph
}

/** What the worker answers, by the order's number. */
export type PrintAnswer = { readonly number: number } & (
	| { readonly print: Print }
	| { readonly error: string }
)

export class ActaPrinter {
	readonly #election: ElectionDefinition
	readonly #waiting = new Map<number, { resolve: (print: Print) => void; reject: (error: Error) => void }>()
	#worker: Worker | undefined
	#number = 0

	constructor(election: ElectionDefinition) {
		this.#election = election
	}

	async start(): Promise<void> {
		if (this.#worker !== undefined) return
		const worker = new Worker(new URL('./acta-printing-worker.js', import.meta.url), {
			workerData: this.#election,
		})
		this.#worker = worker
		worker.on('message', (answer: PrintAnswer) => {
			const waiting = this.#waiting.get(answer.number)
			this.#waiting.delete(answer.number)
			if ('print' in answer) waiting?.resolve(answer.print)
			else waiting?.reject(new Error(answer.error))
		})
		worker.on('error', (error: Error) => this.#abandon(error))
		worker.on('exit', () => {
			if (this.#worker === worker) this.#worker = undefined
			this.#abandon(new Error('the acta printer was stopped'))
		})
	}

	/** Rejects when the printer is not started, or is stopped before this order's turn. */
	print(order: PrintOrder): Promise<Print> {
		return new Promise((resolve, reject) => {
			if (this.#worker === undefined) return reject(new Error('the acta printer is not started'))
			const number = ++this.#number
			this.#waiting.set(number, { resolve, reject })
			this.#worker.postMessage({ number, order })
		})
	}

	async stop(): Promise<void> {
		const worker = this.#worker
		this.#worker = undefined
		await worker?.terminate()
	}

	#abandon(error: Error): void {
		for (const { reject } of this.#waiting.values()) reject(error)
		this.#waiting.clear()
	}
}
