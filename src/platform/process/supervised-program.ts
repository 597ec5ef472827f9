/**
 * Another program that runs for as long as it is wanted: when it ends, it is started again after a delay that
 * grows. Words go to it as an array, never through a shell.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Backoff, delayBefore } from '../backoff.ts'
import type { Clock } from '../clock.ts'
import { printable } from '../printable.ts'
import type { Result } from '../result.ts'

export interface SupervisedOptions {
	readonly clock: Clock
	/** At least 0, under 1. */
	readonly random: () => number
	/** Between two starts, milliseconds. */
	readonly backoff?: Backoff
	/** What must be so before every start, the first too; a fault counts as a start that failed. */
	readonly before?: () => Promise<Result<true>>
	/** What it writes on standard output, as it comes. */
	readonly onOutput?: (bytes: Buffer) => void
	/** Called when it ended though it was wanted: one line. */
	readonly onEnd?: (why: string) => void
}

/** Milliseconds after a polite signal at which a program is ended by force. */
const graceMs = 2_000
/** Characters kept of what it says on standard error. */
const lastWords = 2_000

export class SupervisedProgram {
	readonly #command: string
	readonly #words: readonly string[]
	readonly #options: SupervisedOptions
	readonly #backoff: Backoff
	#wanted = false
	#child: ChildProcess | undefined
	#attempt = 0
	#beginning: Promise<Result<true>> | undefined
	#cancelRestart = () => {}

	constructor(command: string, words: readonly string[], options: SupervisedOptions) {
		this.#command = command
		this.#words = words
		this.#options = options
		this.#backoff = options.backoff ?? { firstMs: 250, mostMs: 10_000 }
	}

	/** Of the running program. */
	get pid(): number | undefined {
		return this.#child?.pid
	}

	/** Resolves when it was tried once; whether it runs on `onEnd` says. */
	async start(): Promise<void> {
		if (this.#wanted) return
		this.#wanted = true
		this.#attempt = 0
		await this.#run()
	}

	/** Resolves when it has ended. */
	async stop(): Promise<void> {
		this.#wanted = false
		this.#cancelRestart()
		await this.#beginning
		const child = this.#child
		if (child === undefined) return
		const ended = once(child, 'exit')
		child.kill('SIGTERM')
		const cancel = this.#options.clock.after(graceMs, () => child.kill('SIGKILL'))
		await ended
		cancel()
	}

	signal(signal: NodeJS.Signals): void {
		this.#child?.kill(signal)
	}

	async #run(): Promise<void> {
		const began = this.#options.clock.monotonic()
		this.#beginning = this.#options.before?.()
		const may = await this.#beginning
		if (!this.#wanted || this.#child !== undefined) return
		if (may?.ok === false) return this.#ended(began, may.fault.detail)
		const child = spawn(this.#command, [...this.#words], { stdio: ['ignore', 'pipe', 'pipe'] })
		child.on('error', (error: NodeJS.ErrnoException) => {
			if (child.pid !== undefined) return
			const why = error.code === 'ENOENT' ? 'is not installed' : `can't be started (${error.code})`
			this.#ended(began, `${this.#command} ${why}`)
		})
		if (child.pid === undefined) return
		this.#child = child
		let said = ''
		child.stdout.on('data', (bytes: Buffer) => this.#options.onOutput?.(bytes))
		child.stderr.on('data', (bytes: Buffer) => {
			said = `${said}${bytes.toString()}`.slice(-lastWords)
		})
		// Not 'close': a grandchild may keep the pipes open for ever.
		child.once('exit', (status, signal) => {
			this.#child = undefined
			this.#ended(began, `${this.#command} ended (${signal ?? status})${lastLineSaid(said)}`)
		})
	}

	#ended(began: number, why: string): void {
		if (!this.#wanted) return
		const { clock, random } = this.#options
		// One that ran for a while was sound: what ended it now is another trouble.
		if (clock.monotonic() - began > this.#backoff.mostMs) this.#attempt = 0
		this.#cancelRestart = clock.after(delayBefore(this.#attempt++, this.#backoff, random), () => {
			void this.#run()
		})
		this.#options.onEnd?.(why)
	}
}

/** The last line that a program wrote, as people may see it. */
export function lastLineSaid(text: string): string {
	const last = text.trimEnd().split('\n').at(-1)?.trim() ?? ''
	return last === '' ? '' : `: ${printable(last, 160)}`
}
