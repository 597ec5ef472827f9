/** Keeps what the kiosk says of itself in a file in memory, and gives a sign of life by touching it. */
import { rename, rm, utimes, writeFile } from 'node:fs/promises'
import { type Clock, pause } from '../platform/clock.ts'
import type { KioskCondition } from './kiosk-condition.ts'

/** Milliseconds between two looks. */
const every = 5_000

export class KioskHeartbeat {
	readonly #path: string
	readonly #clock: Clock
	#condition: () => Promise<KioskCondition> = () => Promise.reject(new Error('nothing to say yet'))
	#told = ''
	#running: Promise<void> | undefined
	readonly #stop = new AbortController()

	constructor(path: string, clock: Clock) {
		this.#path = path
		this.#clock = clock
	}

	/** From now on tells what `condition` says. Nothing depends on it, so no fault of the file is one of the kiosk. */
	tell(condition: () => Promise<KioskCondition>): void {
		this.#condition = condition
		this.#running ??= this.#run()
	}

	async stop(): Promise<void> {
		this.#stop.abort()
		await this.#running
		if (this.#running !== undefined) await rm(this.#path, { force: true }).catch(() => {})
	}

	async #run(): Promise<void> {
		const { signal } = this.#stop
		while (!signal.aborted) {
			await this.#write().catch(() => {})
			await pause(this.#clock, every, signal)
		}
	}

	async #write(): Promise<void> {
		const text = `${JSON.stringify(await this.#condition())}\n`
		if (text !== this.#told) {
			const fresh = `${this.#path}.new`
			await writeFile(fresh, text)
			await rename(fresh, this.#path)
			this.#told = text
		} else {
			const now = this.#clock.wall() / 1_000
			await utimes(this.#path, now, now).catch(() => {
				this.#told = ''
			})
		}
	}
}
