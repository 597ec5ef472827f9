/**
 * Sends the receipts that the uplink keeps back to a centre that lost them. One counts as back when the centre
 * says so in a signed receipt (`returned`); what it does not answer is sent again later: it takes a receipt only
 * when it holds again what the receipt speaks of.
 */
import type { CountedCentres } from '../../evidence/authority/centre-list.ts'
import { type Clock, pause } from '../../platform/clock.ts'
import { receiptLines } from '../../receipts/receipt-files.ts'
import { openOwnReceipt } from '../../receipts/verify-receipt.ts'

/** Receipts in flight at one time. */
const mostAtOnce = 8

/** Milliseconds: for the answers to what was sent; before all that was not answered is tried again. */
export interface ReplayDelays {
	readonly answerMs: number
	readonly againMs: number
}

export const replayDelays: ReplayDelays = { answerMs: 10_000, againMs: 60_000 }

/** Which part of the file of receipts is to go back, in bytes. */
export interface ByteRange {
	readonly from: number
	readonly upto: number
}

interface Kept {
	readonly id: string
	readonly text: string
	/** Bytes from the start of the file. */
	readonly position: number
}

export interface ReceiptReplayParts {
	/** The file of receipts. */
	readonly path: string
	readonly device: string
	readonly centres: CountedCentres
	readonly clock: Clock
	readonly delays: ReplayDelays
	/** Publishes a receipt; false when there is no connection. */
	readonly publish: (text: string) => Promise<boolean>
	/** What is left to do; null when all are back. */
	readonly progress: (left: ByteRange | null) => void
}

export class ReceiptReplay {
	readonly #parts: ReceiptReplayParts
	#stop: AbortController | undefined
	#running: Promise<void> = Promise.resolve()
	/** Ids that the centre says it holds again, of those at and after the first that it does not. */
	readonly #back = new Set<string>()
	#wake: () => void = () => {}

	constructor(parts: ReceiptReplayParts) {
		this.#parts = parts
	}

	/** Begins, or goes on with what an earlier run left. Once, until cancelled. */
	start(part: ByteRange): void {
		if (this.#stop !== undefined) return
		const stop = new AbortController()
		this.#stop = stop
		this.#running = this.#running.then(() => this.#run(part, stop.signal))
	}

	cancel(): void {
		this.#stop?.abort()
		this.#stop = undefined
		this.#wake()
	}

	async stop(): Promise<void> {
		this.cancel()
		await this.#running
	}

	/** The centre says that it holds this receipt again. */
	answered(id: string): void {
		if (this.#stop === undefined) return
		this.#back.add(id)
		this.#wake()
	}

	async #run({ from: begin, upto }: ByteRange, stop: AbortSignal): Promise<void> {
		const { clock, delays, progress } = this.#parts
		this.#back.clear()
		let from: number | null = begin
		while (!stop.aborted) {
			const begun: number = from
			from = await this.#pass({ from, upto }, stop).catch(() => begun)
			if (stop.aborted) return
			progress(from === null ? null : { from, upto })
			if (from === null) return
			await pause(clock, delays.againMs, stop)
		}
	}

	/** Sends what is not back yet; gives where the first that stays unanswered stands, null when none does. */
	async #pass({ from, upto }: ByteRange, stop: AbortSignal): Promise<number | null> {
		let open: number | null = null
		let batch: Kept[] = []
		const send = async () => {
			const unanswered = await this.#send(batch, stop)
			open ??= unanswered
			batch = []
		}
		for await (const { text, position } of receiptLines(this.#parts.path, { from })) {
			if (position >= upto || stop.aborted) break
			if (batch.length >= mostAtOnce) await send()
			const id = this.#ownId(text)
			if (id !== null && !this.#back.has(id)) batch.push({ id, text, position })
		}
		await send()
		return open
	}

	/** Gives where the first that stays unanswered stands; null when none does. */
	async #send(batch: readonly Kept[], stop: AbortSignal): Promise<number | null> {
		const { clock, delays, publish } = this.#parts
		const waiting = () => batch.find(({ id }) => !this.#back.has(id))
		const sent = await Promise.all(batch.map(({ text }) => publish(text)))
		if (sent.includes(false)) return waiting()?.position ?? null
		let late = false
		const cancel = clock.after(delays.answerMs, () => {
			late = true
			this.#wake()
		})
		while (waiting() !== undefined && !late && !stop.aborted) {
			await new Promise<void>((resolve) => {
				this.#wake = resolve
			})
		}
		cancel()
		return waiting()?.position ?? null
	}

	/** Null for what no centre would take back: of a centre that does not count, of another device, or a refusal. */
	#ownId(text: string): string | null {
		const opened = openOwnReceipt(text, this.#parts.centres, this.#parts.device)
		return opened.ok && opened.value.receipt.status !== 'rejected' ? opened.value.id : null
	}
}
