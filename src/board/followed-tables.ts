/** What is kept of the tables of one tally while its records come: when each arrived, and who recorded it. */
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import type { ReceiptTimes } from '../records/receipt-times.ts'
import { tableStates } from '../tally/figures.ts'
import type { Tally } from '../tally/tally.ts'
import { ArrivalCounts } from './arrivals.ts'
import { DeviceTables } from './device-tables.ts'

export class FollowedTables {
	readonly tally: Tally
	readonly arrivals = new ArrivalCounts()
	readonly tables = new DeviceTables()
	/** Entries of which no receipt has come, and their tables. */
	readonly #awaited = new Map<string, string>()
	#revision: number | null = null

	constructor(tally: Tally) {
		this.tally = tally
	}

	async look(receipts: ReceiptTimes, received: readonly string[]): Promise<void> {
		const yieldIfDue = yieldToEventLoop()
		const { revision } = this.tally
		const changed = this.#revision === null ? null : this.tally.changedSince(this.#revision)
		const tables = new Set(changed ?? this.#allTables())
		for (const entry of received) {
			const table = this.#awaited.get(entry)
			if (table !== undefined) tables.add(table)
			this.#awaited.delete(entry)
		}
		for (const table of tables) {
			this.#lookAt(table, receipts)
			await yieldIfDue()
		}
		this.#revision = revision
	}

	*#allTables(): Generator<string> {
		for (const state of tableStates) if (state !== 'missing') yield* this.tally.tablesIn(state)
	}

	#lookAt(table: string, receipts: ReceiptTimes): void {
		const detail = this.tally.table(table)
		const own = detail?.entries.filter(({ isOwn }) => isOwn) ?? []
		let firstMs: number | null = null
		for (const { by } of own) {
			const atMs = receipts.receivedMs(by.id)
			if (atMs === null) this.#awaited.set(by.id, table)
			else firstMs = Math.min(firstMs ?? atMs, atMs)
		}
		this.arrivals.note(table, firstMs)
		const row = detail?.row ?? null
		const good = own.filter(({ standing, isExcluded }) => standing === 'good' && !isExcluded)
		this.tables.note({
			table,
			municipality: row === null ? null : [row.state, row.municipality],
			devices: good.map(({ by }) => by.device),
		})
	}
}
