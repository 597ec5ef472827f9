/** One run of a process as it ships, from its start until it is killed. */
import { writeFileSync } from 'node:fs'
import { RunningProcess, testigoCommand } from '../../support/processes.ts'

/** System calls that are answered as done and are not: what a program without syncs would be. */
export type RemovedSyncs = 'none' | 'fsync,fdatasync' | 'fdatasync' | 'fsync'

export class Life {
	readonly #process: RunningProcess
	#startMs: number | null = null

	/** `shown` is the file that its log and display go to. */
	constructor(words: readonly string[], removed: RemovedSyncs, shown: string) {
		writeFileSync(shown, '')
		const command = [...without(removed), ...testigoCommand(...words)]
		const running = new RunningProcess(command, { log: shown, group: true })
		this.#process = running
		const started = () => {
			this.#startMs = performance.now() - running.begunAt
		}
		void running.until(() => running.count('started') > 0).then(started, () => {})
	}

	/** Milliseconds until it said that it had started; null when it has not. */
	get startMs(): number | null {
		return this.#startMs
	}

	/** True when it ended by itself. */
	get ended(): boolean {
		return this.#process.ended
	}

	/** Kills it and all that it started. */
	kill(): Promise<void> {
		return this.#process.stop('SIGKILL')
	}

	get lastWords(): string {
		return this.#process.said.slice(-1_000)
	}
}

function without(removed: RemovedSyncs): string[] {
	if (removed === 'none') return []
	return [
		...['strace', '--quiet=all', '--seccomp-bpf', '-f', '-o', '/dev/null'],
		...['-e', `trace=${removed}`, '-e', `inject=${removed}:retval=0`],
	]
}
