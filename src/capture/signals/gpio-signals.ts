import type { Clock } from '../../platform/clock.ts'
import type { GpioFault, OutputLine } from '../gpio/lines.ts'
import { dark, patterns, type Signal, type Signals } from './signals.ts'

/** A lamp or buzzer on an output line. */
export interface Lamp {
	readonly line: OutputLine
	/** The level at which it is on. */
	readonly active: 'high' | 'low'
}

/** What is connected. */
export type Lamps = Readonly<Partial<Record<'light' | 'green' | 'red' | 'buzzer', Lamp>>>

export class GpioSignals implements Signals {
	readonly #lamps: Lamps
	readonly #clock: Clock
	readonly #onTrouble: (trouble: GpioFault) => void
	#shown: Signal = dark
	#cancelSound = () => {}

	constructor(lamps: Lamps, clock: Clock, onTrouble: (trouble: GpioFault) => void) {
		this.#lamps = lamps
		this.#clock = clock
		this.#onTrouble = onTrouble
	}

	async start(): Promise<void> {
		for (const { line, active } of Object.values(this.#lamps)) {
			const started = await line.start(active === 'low')
			if (!started.ok) this.#onTrouble(started.fault)
		}
	}

	show(signal: Signal): void {
		const before = this.#shown
		this.#shown = signal
		for (const name of ['light', 'green', 'red'] as const) {
			if (signal[name] !== before[name]) set(this.#lamps[name], signal[name])
		}
		if (signal.buzzer !== null && signal.buzzer !== before.buzzer) this.#sound(patterns[signal.buzzer])
	}

	async stop(): Promise<void> {
		this.#cancelSound()
		for (const { line, active } of Object.values(this.#lamps)) await line.stop(active === 'low')
		this.#shown = dark
	}

	/** A pattern is sounded to its end, unless another one begins. */
	#sound(pattern: readonly number[]): void {
		this.#cancelSound()
		const step = (at: number) => {
			set(this.#lamps.buzzer, at < pattern.length && at % 2 === 0)
			const duration = pattern[at]
			if (duration !== undefined) this.#cancelSound = this.#clock.after(duration, () => step(at + 1))
		}
		step(0)
	}
}

function set(lamp: Lamp | undefined, on: boolean): void {
	lamp?.line.set(on === (lamp.active === 'high'))
}
