/**
 * A volunteer with a pile of actas at a document scanner: each is scanned and appears, whole, in the folder
 * that the kiosk watches.
 */
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatPayload } from '../acta/payload.ts'
import { type Clock, pause } from '../platform/clock.ts'
import type { ActaPrinter, PrintOrder } from './acta-printer.ts'
import type { Severity } from './severity.ts'

export interface Scan {
	readonly file: string
	/** What the QR code says. */
	readonly text: string
	readonly severity: Severity
}

export class SimulatedVolunteer {
	readonly #printer: ActaPrinter
	readonly #folder: string
	readonly #clock: Clock
	readonly #pauseMs: number

	/** Waits `pauseMs` between two papers. */
	constructor(printer: ActaPrinter, folder: string, clock: Clock, pauseMs: number) {
		this.#printer = printer
		this.#folder = folder
		this.#clock = clock
		this.#pauseMs = pauseMs
	}

	/**
	 * Scans the pile in order and tells of each file once it is there. The next paper is printed meanwhile, and
	 * laid down when the caller asks for more. Ends early, without an error, when `signal` aborts.
	 */
	async *scan(pile: Iterable<PrintOrder>, signal?: AbortSignal): AsyncGenerator<Scan, void, undefined> {
		const orders = pile[Symbol.iterator]()
		const printNext = () => {
			const next = orders.next()
			if (next.done === true) return undefined
			const print = this.#printer.print(next.value)
			// A failure is thrown where it is awaited; until then it must not count as unhandled.
			print.catch(() => {})
			return { order: next.value, print }
		}
		let ahead = printNext()
		for (let number = 1; ahead !== undefined; number++) {
			const { order, print } = ahead
			const { jpeg } = await print
			ahead = printNext()
			if (number > 1) await pause(this.#clock, this.#pauseMs, signal)
			if (signal?.aborted) return
			const file = `scan-${String(number).padStart(4, '0')}.jpg`
			await dropFile(this.#folder, file, jpeg)
			yield { file, text: formatPayload(order.paper.acta), severity: order.severity }
		}
	}
}

/** As scanners do: written under a name that no watcher takes for a picture, then renamed. */
export async function dropFile(folder: string, file: string, bytes: Uint8Array): Promise<void> {
	const unfinished = join(folder, `.${file}.part`)
	await writeFile(unfinished, bytes)
	await rename(unfinished, join(folder, file))
}
