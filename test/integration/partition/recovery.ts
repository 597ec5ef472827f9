/**
 * How long after a healing a kiosk hears from the centre again, and how much of that was backoff: pauses between
 * two attempts to connect, its own or the centre's, and the kiosk's wait for the receipt of an entry that broker or
 * centre had lost, as seen by the broker to which it comes a second time over the same connection.
 */
import { type Island, type Kiosk, kiosks, type Said } from './archipelago.ts'

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
	/** By kiosk and seq, when an entry without a receipt came to the broker. */
	readonly #unanswered = new Map<Island, Map<number, number>>(kiosks.map((kiosk) => [kiosk, new Map()]))

	hear({ at, by, event, fields }: Said): void {
		switch (event) {
			case 'disconnected':
				this.#add(by, { from: at, to: at + Number(fields['retryIn']) })
				this.#unanswered.get(by)?.clear()
				break
			case 'published': {
				const kiosk = kiosks.find((name) => name === fields['kiosk'])
				if (kiosk !== undefined) this.#published(kiosk, Number(fields['seq']), at)
				break
			}
			case 'receipt': {
				const unanswered = this.#unanswered.get(by)
				unanswered?.delete(Number(fields['seq']))
				for (const seq of unanswered?.keys() ?? []) {
					if (seq <= Number(fields['received'])) unanswered?.delete(seq)
				}
				break
			}
		}
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

	#published(kiosk: Kiosk, seq: number, at: number): void {
		const before = this.#unanswered.get(kiosk)?.get(seq)
		if (before !== undefined) this.#add(kiosk, { from: before, to: at })
		this.#unanswered.get(kiosk)?.set(seq, at)
	}

	#add(island: Island, pause: Pause): void {
		const pauses = this.#pauses.get(island) ?? []
		pauses.push(pause)
		this.#pauses.set(island, pauses)
	}
}
