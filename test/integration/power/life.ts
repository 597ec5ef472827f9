/** One run of a process as it ships, from its start until it is killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../../dist/cli/testigo.js', import.meta.url))

/** System calls that are answered as done and are not: what a program without syncs would be. */
export type RemovedSyncs = 'none' | 'fsync,fdatasync' | 'fdatasync' | 'fsync'

export class Life {
	readonly #child: ChildProcess
	readonly #gone: Promise<unknown>
	readonly #begun = performance.now()
	readonly #shown: string
	readonly #looking: NodeJS.Timeout
	#errors = ''
	#startMs: number | null = null
	#ended = false

	/** `shown` is the file that its log and display go to. */
	constructor(words: readonly string[], removed: RemovedSyncs, shown: string) {
		const [command = '', ...args] = [...without(removed), process.execPath, program, ...words]
		this.#shown = shown
		const log = openSync(shown, 'w')
		// A group of its own, so that nothing that it started outlives it.
		this.#child = spawn(command, args, { stdio: ['ignore', log, 'pipe'], detached: true })
		closeSync(log)
		this.#looking = setInterval(() => this.#look(), 20)
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

	/** Kills it and all that it started. */
	async kill(): Promise<void> {
		clearInterval(this.#looking)
		try {
			process.kill(-(this.#child.pid ?? Number.NaN), 'SIGKILL')
		} catch (error) {
			// It and all its children are gone already.
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
		}
		await this.#gone
	}

	get lastWords(): string {
		return `${readFileSync(this.#shown, 'utf8').slice(-500)}${this.#errors.slice(-500)}`
	}

	#look(): void {
		if (!readFileSync(this.#shown, 'latin1').includes('"event":"started"')) return
		this.#startMs = performance.now() - this.#begun
		clearInterval(this.#looking)
	}
}

function without(removed: RemovedSyncs): string[] {
	if (removed === 'none') return []
	return [
		...['strace', '--quiet=all', '--seccomp-bpf', '-f', '-o', '/dev/null'],
		...['-e', `trace=${removed}`, '-e', `inject=${removed}:retval=0`],
	]
}
