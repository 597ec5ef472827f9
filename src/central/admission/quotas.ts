/**
 * How much each device may have kept here. Only what is new counts: what is held already costs nothing, however often
 * it comes, so a journal that is sent again after a loss passes. Pure: what counts is told, and forgotten with the
 * process; at a start ledger and images tell it again.
 *
 * Beside its own limits no device takes more than it leaves free for all others: one that sends without end gets half
 * of a small disk, and the others go on.
 */
import type { Room } from './disk-room.ts'
import type { DeviceLimits } from './limits.ts'

interface Account {
	entries: number
	lineBytes: number
	fileBytes: number
}

/** Milliseconds between two refusals of one device. */
const refuseEveryMs = 60_000

export interface QuotasParts {
	readonly limits: Pick<DeviceLimits, 'entries' | 'bytes'>
	readonly room: () => Room
}

export class Quotas {
	readonly #parts: QuotasParts
	readonly #accounts = new Map<string, Account>()
	/** When the last refusal was signed, by device. */
	readonly #refusedMs = new Map<string, number>()

	constructor(parts: QuotasParts) {
		this.#parts = parts
	}

	/** Bytes kept of a device. */
	bytesOf(device: string): number {
		const { lineBytes, fileBytes } = this.#of(device)
		return lineBytes + fileBytes
	}

	/** Whether another entry of so many bytes may be kept. */
	takesEntry(device: string, bytes: number): boolean {
		return this.#of(device).entries < this.#parts.limits.entries && this.takesLine(device, bytes)
	}

	/** The same of a head, or of a receipt that comes back. */
	takesLine(device: string, bytes: number): boolean {
		const { lineBytes } = this.#of(device)
		return (
			this.bytesOf(device) + bytes <= this.#parts.limits.bytes &&
			lineBytes + bytes <= this.#parts.room().entries
		)
	}

	/** Whether another file of so many bytes may be begun; `partial`: bytes of those that are half received. */
	takesFile(device: string, bytes: number, partial: number): boolean {
		const all = this.bytesOf(device) + partial + bytes
		return all <= this.#parts.limits.bytes && all <= this.#parts.room().pictures
	}

	/** Whether a refusal of it may be signed now: one a minute. `nowMs` is of the monotonic clock. */
	mayRefuse(device: string, nowMs: number): boolean {
		if (nowMs - (this.#refusedMs.get(device) ?? Number.NEGATIVE_INFINITY) < refuseEveryMs) return false
		this.#refusedMs.set(device, nowMs)
		return true
	}

	addEntry(device: string, bytes: number): void {
		this.#begin(device).entries++
		this.addLine(device, bytes)
	}

	addLine(device: string, bytes: number): void {
		this.#begin(device).lineBytes += bytes
	}

	addFile(device: string, bytes: number): void {
		this.#begin(device).fileBytes += bytes
	}

	#of(device: string): Readonly<Account> {
		return this.#accounts.get(device) ?? nothing
	}

	#begin(device: string): Account {
		const begun = this.#accounts.get(device) ?? { ...nothing }
		this.#accounts.set(device, begun)
		return begun
	}
}

const nothing: Readonly<Account> = { entries: 0, lineBytes: 0, fileBytes: 0 }
