/** A process on one of the islands, whose lines are told in the moment in which they come. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export class HeardProcess {
	readonly #words: readonly string[]
	readonly #hear: (line: string) => void
	#child: ChildProcess | undefined

	constructor(words: readonly string[], hear: (line: string) => void) {
		this.#words = words
		this.#hear = hear
	}

	start(): void {
		const [program = '', ...words] = this.#words
		const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
		for (const stream of [child.stdout, child.stderr]) {
			createInterface(stream).on('line', (line) => this.#hear(line))
		}
		this.#child = child
	}

	async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
		const child = this.#child
		this.#child = undefined
		if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
		child.kill(signal)
		await once(child, 'exit')
	}
}
