/**
 * Prints and photographs actas in a worker thread, one after another, so that a kiosk in the same process goes
 * on undisturbed.
 */
import type { ElectionDefinition } from '../acta/election.ts'
import { WorkerClient } from '../platform/process/worker-client.ts'
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

/** What the worker answers; the error of an order that can't be printed. */
export type PrintAnswer = { readonly print: Print } | { readonly error: string }

export class ActaPrinter {
	readonly #election: ElectionDefinition
	#worker: WorkerClient<PrintOrder, PrintAnswer> | undefined

	constructor(election: ElectionDefinition) {
		this.#election = election
	}

	async start(): Promise<void> {
		if (this.#worker?.alive) return
		const file = new URL('./acta-printing-worker.js', import.meta.url)
		this.#worker = new WorkerClient(file, this.#election, {})
	}

	/** Rejects when the printer is not started, or is stopped before this order's turn. */
	async print(order: PrintOrder): Promise<Print> {
		if (this.#worker === undefined) throw new Error('the acta printer is not started')
		const answer = await this.#worker.ask(order)
		if (answer instanceof Error) throw answer
		if ('error' in answer) throw new Error(answer.error)
		return answer.print
	}

	async stop(): Promise<void> {
		const worker = this.#worker
		this.#worker = undefined
		await worker?.end()
	}
}
