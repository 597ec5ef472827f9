/** The board as it ships, beside a replay: what its pages say, asked for as a browser asks. */
import { setTimeout as after } from 'node:timers/promises'
import type { NationalFigures } from '#src/tally/figures.js'
import { figuresDigest } from '#src/tally/figures-text.js'
import { memoryOf, RunningProcess } from '../../support/processes.ts'

/** Within which it has to show what the tally says. */
const deadlineMs = 60_000

export class WatchedBoard {
	readonly #process: RunningProcess
	readonly #address: string

	private constructor(running: RunningProcess, address: string) {
		this.#process = running
		this.#address = address
	}

	static async open(directory: string): Promise<WatchedBoard> {
		const running = RunningProcess.testigo(['board', '--directory', directory, '--port', '0'])
		let address = ''
		await running.heard((event) => {
			if (event['event'] !== 'started') return false
			address = String(event['address'])
			return true
		})
		return new WatchedBoard(running, address)
	}

	/** Seconds until it shows exactly these figures; null where it does not in time. */
	async shows(figures: NationalFigures): Promise<number | null> {
		const digest = figuresDigest(figures)
		const begun = performance.now()
		while (performance.now() - begun < deadlineMs) {
			if ((await this.#page('en/check')).includes(digest)) return (performance.now() - begun) / 1_000
			await after(200)
		}
		return null
	}

	/** Who stands first among those that contradict others; null where nobody is named. */
	async namedFirst(): Promise<string | null> {
		const [, section = ''] = (await this.#page('en/devices')).split('<h2 id="contradicting">')
		return /class="id"[^>]*>([a-z]-[a-z2-7]{10})</.exec(section)?.[1] ?? null
	}

	/** Megabytes at most. */
	async memory(): Promise<number> {
		return Math.round((await memoryOf(this.#process.pid))?.peak ?? 0)
	}

	stop(): Promise<void> {
		return this.#process.stop()
	}

	async #page(path: string): Promise<string> {
		const answered = await fetch(new URL(path, this.#address))
		if (!answered.ok) throw new Error(`the board answers ${path} with ${answered.status}`)
		return await answered.text()
	}
}
