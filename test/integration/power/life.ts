/** One run of a process as it ships, from its start until it is killed, and all that it said. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../../dist/cli/testigo.js', import.meta.url))

/** System calls that are answered as done and are not: what a program without syncs would be. */
export type RemovedSyncs = 'none' | 'fsync,fdatasync' | 'fdatasync' | 'fsync'

export class Life {
	readonly #child: ChildProcess
	readonly #gone: Promise<unknown>
	readonly #begun = performance.now()
	#text = ''
	#errors = ''
	#startMs: number | null = null
	#ended = false

	constructor(words: readonly string[], removed: RemovedSyncs) {
		const [command = '', ...args] = [...without(removed), process.execPath, program, ...words]
		// A group of its own, so that nothing that it started outlives it.
		this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
		this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
			this.#text += text
			if (this.#startMs === null && this.#text.includes('"event":"started"')) {
				this.#startMs = performance.now() - this.#begun
			}
		})
		this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			this.#errors += text
		})
		this.#child.once('exit', () => {
			this.#ended = true
		})
		this.#gone = once(this.#child, 'close')
	}

	/** Milliseconds until it said that it had started; null when it has not. */
	get startMs(): number | null {
		return this.#startMs
	}

	/** True when it ended by itself. */
	get ended(): boolean {
		return this.#ended
	}

	/** Kills it and all that it started; resolves with what it has said, without a line that it did not finish. */
	async kill(): Promise<string> {
		try {
			process.kill(-(this.#child.pid ?? Number.NaN), 'SIGKILL')
		} catch (error) {
			// It and all its children are gone already.
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
		}
		await this.#gone
		return this.#text.slice(0, this.#text.lastIndexOf('\n') + 1)
	}

	get lastWords(): string {
		return `${this.#text.slice(-500)}${this.#errors.slice(-500)}`
	}
}

function without(removed: RemovedSyncs): string[] {
	if (removed === 'none') return []
	return [
		...['strace', '--quiet=all', '--seccomp-bpf', '-f', '-o', '/dev/null'],
		...['-e', `trace=${removed}`, '-e', `inject=${removed}:retval=0`],
	]
}
