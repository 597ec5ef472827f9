/** Keeps what the kiosk says of itself in a file in memory, and gives a sign of life by touching it. */
import { type Clock, pause } from '../platform/clock.ts'
import { HeartbeatFile } from './heartbeat-file.ts'
import type { KioskCondition } from './kiosk-condition.ts'

const intervalMs = 5_000

export class KioskHeartbeat {
	readonly #file: HeartbeatFile<KioskCondition>
	readonly #clock: Clock
	#condition: () => Promise<KioskCondition> = () => Promise.reject(new Error('nothing to say yet'))
	#running: Promise<void> | undefined
	readonly #stop = new AbortController()

	constructor(path: string, clock: Clock) {
		this.#file = new HeartbeatFile(path)
		this.#clock = clock
	}

	/** From now on publishes what `condition` says. Nothing depends on it, so no fault of the file is one of the kiosk. */
	publish(condition: () => Promise<KioskCondition>): void {
		this.#condition = condition
		this.#running ??= this.#run()
	}

	async stop(): Promise<void> {
		this.#stop.abort()
		await this.#running
		if (this.#running !== undefined) await this.#file.remove().catch(() => {})
	}

	async #run(): Promise<void> {
		const { signal } = this.#stop
		while (!signal.aborted) {
			await this.#write().catch(() => {})
			await pause(this.#clock, intervalMs, signal)
		}
	}

	async #write(): Promise<void> {
		await this.#file.write(await this.#condition(), this.#clock.wall())
	}
}
