import type { Clock } from '../../platform/clock.ts'
import type { Result } from '../../platform/result.ts'
import type { GpioFault, InputLine } from './lines.ts'

export interface ContactOptions {
	readonly clock: Clock
	/** The level of the line while the contact is made. */
	readonly active: 'high' | 'low'
	/** Milliseconds for which a level must stand before it counts: contacts bounce, and papers flutter. */
	readonly debounceMs: number
}

/** A switch, button or sensor on an input line, without its bounces. Open until it is known to be made. */
export class Contact {
	readonly #line: InputLine
	readonly #options: ContactOptions
	#made = false
	#last = false
	/** When the line came to `#last`, by its own word. */
	#sinceMs: number | undefined
	#first: boolean | undefined
	#cancel = () => {}

	constructor(line: InputLine, options: ContactOptions) {
		this.#line = line
		this.#options = options
	}

	start(on: (made: boolean) => void): Promise<Result<true, GpioFault>> {
		const { active, clock, debounceMs } = this.#options
		this.#made = false
		this.#last = false
		this.#sinceMs = undefined
		this.#first = undefined
		const count = (made: boolean) => {
			if (made === this.#made) return
			this.#made = made
			on(made)
		}
		return this.#line.start((high, atMs) => {
			const made = high === (active === 'high')
			this.#first ??= made
			if (made === this.#last) return
			// On a busy machine both ends of a press arrive at once: how long it was, only their own times say.
			const stoodMs = (atMs ?? Number.NaN) - (this.#sinceMs ?? Number.NaN)
			if (stoodMs >= debounceMs) count(this.#last)
			this.#last = made
			this.#sinceMs = atMs
			this.#cancel()
			this.#cancel = clock.after(debounceMs, () => count(made))
		})
	}

	/** Whether it was made when the line was first looked at. */
	get madeAtStart(): boolean {
		return this.#first === true
	}

	async stop(): Promise<void> {
		this.#cancel()
		await this.#line.stop()
	}
}
