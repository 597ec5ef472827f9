/** A process of Testigo as it ships, whose log is heard line by line; and what the kernel says of a process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../dist/cli/testigo.js', import.meta.url))

/** The variables that the `testigo` command sets for itself, by its first line. */
export async function shippedEnvironment(): Promise<Readonly<Record<string, string>>> {
	const [line = ''] = (await readFile(program, 'utf8')).split('\n', 1)
	return Object.fromEntries([...line.matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]))
}

/** A line of a process's log. */
export type LogEvent = Readonly<Record<string, unknown>>

export interface ProcessSettings {
	readonly environment?: Readonly<Record<string, string>>
	/** For Node, before the program's name. */
	readonly flags?: readonly string[]
	/** A control group's directory, in which it begins: what it takes is held against the group's limits. */
	readonly cgroup?: string
}

export class RunningProcess {
	readonly #name: string
	readonly #child: ChildProcess
	readonly #listeners = new Set<(event: LogEvent | null) => void>()
	#lastWords = ''

	constructor(words: readonly string[], { environment = {}, flags = [], cgroup }: ProcessSettings = {}) {
		this.#name = words[0] ?? 'testigo'
		const whole = [process.execPath, ...flags, program, ...words]
		const into = ['sh', '-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"', cgroup ?? '']
		const [command = '', ...rest] = cgroup === undefined ? whole : [...into, ...whole]
		this.#child = spawn(command, rest, {
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...process.env, ...environment },
		})
		const { stdout, stderr } = this.#child
		if (stdout !== null) createInterface(stdout).on('line', (line) => this.#hear(line))
		stderr?.on('data', (text: Buffer) => {
			this.#lastWords = `${this.#lastWords}${text.toString()}`.slice(-2000)
		})
		this.#child.once('exit', () => {
			for (const listener of this.#listeners) listener(null)
		})
	}

	get pid(): number {
		return this.#child.pid ?? 0
	}

	/** When, by `performance.now()`, the first line from now on came for which `wanted` holds. */
	until(wanted: (event: LogEvent) => boolean): Promise<number> {
		return new Promise((resolve, reject) => {
			const listener = (event: LogEvent | null) => {
				if (event !== null && !wanted(event)) return
				this.#listeners.delete(listener)
				if (event !== null) resolve(performance.now())
				else reject(new Error(`${this.#name} ended: ${this.#lastWords}`))
			}
			this.#listeners.add(listener)
			if (this.#child.exitCode !== null) listener(null)
		})
	}

	async stop(): Promise<void> {
		this.#listeners.clear()
		await end(this.#child)
	}

	#hear(line: string): void {
		this.#lastWords = `${this.#lastWords}${line}\n`.slice(-2000)
		const event: LogEvent = JSON.parse(line)
		for (const listener of [...this.#listeners]) listener(event)
	}
}

export async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return
	child.kill('SIGTERM')
	await once(child, 'exit')
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
