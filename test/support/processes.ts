/** Processes of Testigo as it ships, and others beside it: started, heard, waited for and ended in one way. */
import {
	type ChildProcess,
	type ExecFileOptions,
	execFile,
	type StdioOptions,
	spawn,
} from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { until } from './until.ts'

const program = fileURLToPath(new URL('../../dist/cli/testigo.js', import.meta.url))

/** Runs any program to its end; rejects, with all that it said, where it ends with another status than 0. */
export function execute(program: string, words: readonly string[] = [], options: ExecFileOptions = {}) {
	return promisify(execFile)(program, words, { maxBuffer: 64 * 1024 * 1024, ...options, encoding: 'utf8' })
}

/** `testigo …` as words of a command line. */
export function testigoCommand(...words: readonly string[]): string[] {
	return [process.execPath, program, ...words]
}

export interface Surroundings {
	readonly cwd?: string
	/** Beside what this process has. */
	readonly env?: Readonly<Record<string, string>>
}

export interface Ended {
	readonly status: number | null
	readonly out: string
	readonly err: string
}

/** Runs the command as it ships, to its end. */
export function testigo(...words: readonly string[]): Promise<Ended> {
	return testigoIn({}, ...words)
}

export async function testigoIn({ cwd, env }: Surroundings, ...words: readonly string[]): Promise<Ended> {
	const child = spawn(process.execPath, [program, ...words], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, ...env },
		...(cwd === undefined ? {} : { cwd }),
	})
	const ended = new Promise<number | null>((resolve, reject) => {
		child.once('error', reject)
		child.once('close', resolve)
	})
	const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended])
	return { status, out, err }
}

/** A line of a process's log. */
export type LogEvent = Readonly<Record<string, unknown>>

export interface ProcessSettings extends Surroundings {
	/** A file that all it says is added to, instead of being heard here. */
	readonly log?: string
	/** Each line in the moment in which it comes, of both streams. */
	readonly hear?: (line: string) => void
	/** A group of its own: `stop` ends all that it started as well. */
	readonly group?: boolean
}

export class RunningProcess {
	readonly begunAt = performance.now()
	readonly #child: ChildProcess
	readonly #log: string | undefined
	readonly #group: boolean
	readonly #listeners = new Set<(event: LogEvent | null) => void>()
	readonly #gone: Promise<unknown>
	#said = ''

	constructor([command = '', ...words]: readonly string[], settings: ProcessSettings = {}) {
		const { cwd, env, log, hear, group = false } = settings
		const file = log === undefined ? null : openSync(log, 'a')
		const stdio: StdioOptions = file === null ? ['ignore', 'pipe', 'pipe'] : ['ignore', file, file]
		this.#child = spawn(command, words, {
			...{ stdio, detached: group, env: { ...process.env, ...env } },
			...(cwd === undefined ? {} : { cwd }),
		})
		if (file !== null) closeSync(file)
		this.#log = log
		this.#group = group
		const { stdout, stderr } = this.#child
		for (const stream of [stdout, stderr]) {
			if (stream === null) continue
			createInterface(stream).on('line', (line) => {
				this.#said = `${this.#said}${line}\n`.slice(-4_000)
				hear?.(line)
				if (stream === stdout && line.startsWith('{')) this.#notify(JSON.parse(line))
			})
		}
		this.#child.on('error', (error) => {
			this.#said += `${error.message}\n`
		})
		// What it started may hold its output open; of a group nothing is left then.
		this.#gone = new Promise((resolve) =>
			this.#child.once(group ? 'close' : 'exit', resolve).once('error', resolve),
		)
		this.#child.once('close', () => this.#notify(null))
	}

	/** `testigo …` as it ships. */
	static testigo(words: readonly string[], settings: ProcessSettings = {}): RunningProcess {
		return new RunningProcess(testigoCommand(...words), settings)
	}

	get pid(): number {
		return this.#child.pid ?? 0
	}

	/** Its exit status; null while it runs, and after it was killed. */
	get status(): number | null {
		return this.#child.exitCode
	}

	/** That ended it. */
	get signal(): NodeJS.Signals | null {
		return this.#child.signalCode
	}

	get ended(): boolean {
		return this.#child.exitCode !== null || this.#child.signalCode !== null
	}

	/** Everything in its log, with what was there before; without a log the last that it said. */
	get said(): string {
		return this.#log === undefined ? this.#said : readFileSync(this.#log, 'utf8')
	}

	/** How often the event stands in what it said. */
	count(event: string): number {
		return this.said.split(`"event":"${event}"`).length - 1
	}

	/** Waits for a condition; throws at once when the process has ended. */
	until(condition: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
		const explain = () => this.said.slice(-2_000)
		return until(condition, { timeoutMs, inVain: () => this.ended, explain })
	}

	/** When, by `performance.now()`, the first line from now on came for which `wanted` holds. */
	heard(wanted: (event: LogEvent) => boolean): Promise<number> {
		return new Promise((resolve, reject) => {
			const listener = (event: LogEvent | null) => {
				if (event !== null && !wanted(event)) return
				this.#listeners.delete(listener)
				if (event !== null) resolve(performance.now())
				else reject(new Error(`it ended: ${this.said.slice(-2_000)}`))
			}
			this.#listeners.add(listener)
			if (this.ended) listener(null)
		})
	}

	async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
		this.#listeners.clear()
		if (this.#group) killGroup(this.pid, signal)
		else if (!this.ended) this.#child.kill(signal)
		await this.#gone
	}

	#notify(event: LogEvent | null): void {
		for (const listener of [...this.#listeners]) listener(event)
	}
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-pid, signal)
	} catch (error) {
		// It and all its children are gone already.
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
	}
}

/** The variables that the `testigo` command sets for itself, by its first line. */
export async function shippedEnvironment(): Promise<Readonly<Record<string, string>>> {
	const [line = ''] = (await readFile(program, 'utf8')).split('\n', 1)
	return Object.fromEntries([...line.matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]))
}

export interface Memory {
	/** Megabytes (2^20) resident now, and at most so far (`VmRSS` and `VmHWM`, proc(5)). */
	readonly now: number
	readonly peak: number
}

/** Null where there is no /proc. */
export async function memoryOf(pid: number): Promise<Memory | null> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
	const megabytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
	return status === '' ? null : { now: megabytes('VmRSS'), peak: megabytes('VmHWM') }
}

/** Milliseconds of processor time so far, in steps of 10; null where there is no /proc. */
export async function processorTimeOf(pid: number): Promise<number | null> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
	// The name, in brackets, may hold anything. utime and stime are the 14th and 15th field (proc(5)), in 1/100 s.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
	return stat === '' ? null : 10 * (Number(fields[11]) + Number(fields[12]))
}
