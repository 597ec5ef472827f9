import type { Signal, Signals } from '#src/capture/signals/signals.js'

/** Keeps what was shown, for tests and demonstrations. */
export class SimulatedSignals implements Signals {
	readonly shown: Signal[] = []

	async start(): Promise<void> {}

	show(signal: Signal): void {
		this.shown.push(signal)
	}

	async stop(): Promise<void> {}
}
