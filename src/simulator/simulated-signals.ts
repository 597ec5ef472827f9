import type { Signal, Signals } from '../capture/signals/signals.ts'

/** Keeps what was shown, for tests and demonstrations. */
export class SimulatedSignals implements Signals {
	readonly shown: Signal[] = []

	async start(): Promise<void> {}

	show(signal: Signal): void {
		this.shown.push(signal)
	}

	async stop(): Promise<void> {}
}
