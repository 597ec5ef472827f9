/** Of how many tables something came for the first time, by minute: two days, however long it runs. Pure. */
import type { Arrivals } from './view.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Hours that are shown. */
const mostHours = 48

export class ArrivalCounts {
	/** By table the minute in which something of it came first. */
	readonly #minuteOf = new Map<string, number>()
	readonly #counts = new Map<number, number>()

	/** `firstMs`: when something of the table came first; null for nothing that a receipt tells of. */
	note(table: string, firstMs: number | null): void {
		const before = this.#minuteOf.get(table)
		const now = firstMs === null ? undefined : Math.floor(firstMs / minuteMs)
		if (before === now) return
		if (before !== undefined) this.#add(before, -1)
		if (now === undefined) this.#minuteOf.delete(table)
		else {
			this.#minuteOf.set(table, now)
			this.#add(now, 1)
		}
	}

	/** Tables. */
	lastHour(nowMs: number): number {
		let tables = 0
		for (let minute = Math.floor((nowMs - hourMs) / minuteMs) + 1; minute <= nowMs / minuteMs; minute++)
			tables += this.#counts.get(minute) ?? 0
		return tables
	}

	/** By hour, from the first one with any; the last is that of `nowMs`. */
	byHour(nowMs: number): readonly Arrivals[] {
		const last = Math.floor(nowMs / hourMs)
		const hours: Arrivals[] = []
		for (let hour = last - mostHours + 1; hour <= last; hour++) {
			let tables = 0
			for (let minute = hour * 60; minute < (hour + 1) * 60; minute++) tables += this.#counts.get(minute) ?? 0
			if (tables > 0 || hours.length > 0 || hour === last) hours.push({ fromMs: hour * hourMs, tables })
		}
		return hours
	}

	/** Minutes are as many as there were with an arrival: a table has one. */
	#add(minute: number, sign: 1 | -1): void {
		const count = (this.#counts.get(minute) ?? 0) + sign
		if (count === 0) this.#counts.delete(minute)
		else this.#counts.set(minute, count)
	}
}
