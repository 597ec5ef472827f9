/** strace, which can make a system call fail, or kill a process in it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { until } from './until.ts'

function whyNot(): string | null {
	try {
		execFileSync('strace', ['-f', '-o', '/dev/null', '-e', 'trace=none', 'true'], { stdio: 'pipe' })
		return null
	} catch (error) {
		const reason =
			(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not installed' : 'may not trace here'
		return `skipped, strace ${reason} (apt install strace)`
	}
}

/** Why tests that need it are skipped; null where it works. */
export const withoutStrace = whyNot()

/** Makes system calls of a running process fail: strace(1), "Tampering". */
export class Strace {
	readonly #child: ChildProcess
	readonly #log: string

	private constructor(child: ChildProcess, log: string) {
		this.#child = child
		this.#log = log
	}

	/** Resolves when it holds on to the thread, or with `all` to every thread of the process. */
	static async attach(thread: number, log: string, words: readonly string[], all = false): Promise<Strace> {
		const child = spawn('strace', [...(all ? ['-f'] : []), '-p', String(thread), '-o', log, '-y', ...words], {
			stdio: ['ignore', 'ignore', 'pipe'],
		})
		let said = ''
		child.stderr.on('data', (bytes: Buffer) => {
			said += bytes.toString()
		})
		await until(() => said.includes('attached') || child.exitCode !== null, { timeoutMs: 120_000 })
		if (child.exitCode !== null) throw new Error(said)
		return new Strace(child, log)
	}

	/** What it saw so far, a call a line. */
	get lines(): readonly string[] {
		return linesOf(this.#log)
	}

	/** The calls that it made fail. */
	get injected(): readonly string[] {
		return injectedIn(this.#log)
	}

	async detach(): Promise<void> {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
		// Not SIGKILL: a thread that was stopped at a call stays there.
		this.#child.kill('SIGINT')
		await once(this.#child, 'exit')
	}
}

/** The calls that strace made fail, by the log that it writes. */
export function injectedIn(log: string): readonly string[] {
	return linesOf(log).filter((line) => line.includes('(INJECTED)'))
}

function linesOf(log: string): readonly string[] {
	return existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []
}

/** The thread of a process that opens files: Node does that in the threads of libuv's pool. */
export async function fileThreadOf(pid: number, log: string): Promise<number> {
	const strace = await Strace.attach(pid, log, ['-e', 'trace=openat'], true)
	const opening = /^(\d+) +openat\(/
	await until(() => strace.lines.some((line) => opening.test(line)), { timeoutMs: 120_000 })
	await strace.detach()
	return Number(strace.lines.map((line) => opening.exec(line)?.[1]).find((thread) => thread !== undefined))
}
