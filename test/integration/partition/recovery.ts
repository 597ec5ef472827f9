/**
 * How long after a healing a kiosk hears from the centre again, and how much of that it, or the centre, spent in
 * a pause between two attempts to connect: the backoff in force.
 */
import type { Island, Kiosk, Said } from './archipelago.ts'

export interface Recovery {
	readonly kiosk: Kiosk
	readonly fault: string
	/** Milliseconds that the fault lasted. */
	readonly lasted: number
	/** Milliseconds from the healing to the next receipt. */
	readonly took: number
	/** Of these, the backoff. */
	readonly backoff: number
}

interface Pause {
	readonly from: number
	readonly to: number
}

export class Pauses {
	readonly #pauses = new Map<Island, Pause[]>()

	hear({ at, by, event, fields }: Said): void {
		const retryIn = fields['retryIn']
		if (event !== 'disconnected' || typeof retryIn !== 'number') return
		const pauses = this.#pauses.get(by) ?? []
		pauses.push({ from: at, to: at + retryIn })
		this.#pauses.set(by, pauses)
	}

	/** Milliseconds between `from` and `to` in which one of these paused. */
	within(from: number, to: number, islands: readonly Island[]): number {
		const paused = islands
			.flatMap((island) => this.#pauses.get(island) ?? [])
			.map((pause) => ({ from: Math.max(from, pause.from), to: Math.min(to, pause.to) }))
			.filter((pause) => pause.to > pause.from)
			.toSorted((one, other) => one.from - other.from)
		let sum = 0
		let until = from
		for (const pause of paused) {
			sum += Math.max(0, pause.to - Math.max(until, pause.from))
			until = Math.max(until, pause.to)
		}
		return sum
	}
}
