/**
 * The header's lines by libgpiod's programs, where the kernel has no /sys/class/gpio: `gpiomon` runs as long as
 * an input is heard, `gpioset` as long as an output is held. The flags of versions 1.6 and 2 differ (their
 * `--help`).
 */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Mutex } from 'async-mutex'
import type { Clock } from '../../platform/clock.ts'
import { LineSplitter } from '../../platform/files/line-reader.ts'
import { lastLineSaid, SupervisedProgram } from '../../platform/process/supervised-program.ts'
import { fail, ok, type Result } from '../../platform/result.ts'
import type { Bias, Gpio, GpioFault, InputLine, OnLevel, OutputLine } from './lines.ts'

export interface GpiodChip {
	readonly major: 1 | 2
	/** As `gpiodetect` names it. */
	readonly chip: string
}

export interface GpiodOptions {
	readonly clock: Clock
	readonly random: () => number
}

const run = promisify(execFile)
/** Milliseconds for a program that ends by itself. */
const timeoutMs = 5_000
/** Bytes of a line of `gpiomon` that are kept. */
const longestLine = 64
const backoff = { firstMs: 100, mostMs: 5_000 }

export class GpiodGpio implements Gpio {
	readonly #chip: GpiodChip
	readonly #options: GpiodOptions

	constructor(chip: GpiodChip, options: GpiodOptions) {
		this.#chip = chip
		this.#options = options
	}

	input(line: number, bias: Bias): InputLine {
		return new GpiodInput(gpioArguments(this.#chip, line, bias), this.#options)
	}

	output(line: number): OutputLine {
		const words = (high: boolean, keep: Keep) => gpiosetWords(this.#chip, line, high, keep)
		return new GpiodOutput(words, this.#options)
	}
}

interface InputWords {
	readonly gpioget: readonly string[]
	readonly gpiomon: readonly string[]
}

export function gpioArguments({ major, chip }: GpiodChip, line: number, bias: Bias): InputWords {
	const held = bias === 'none' ? [] : [`--bias=${bias}`]
	return major === 1
		? {
				gpioget: [...held, chip, String(line)],
				gpiomon: ['--line-buffered', '--format=%e %s %n', ...held, chip, String(line)],
			}
		: {
				gpioget: ['--numeric', `--chip=${chip}`, ...held, String(line)],
				gpiomon: ['--format=%e %S', `--chip=${chip}`, ...held, String(line)],
			}
}

/** `hold`: until it is ended. `set`: it ends by itself when the line is set. */
type Keep = 'hold' | 'set'

export function gpiosetWords({ major, chip }: GpiodChip, line: number, high: boolean, keep: Keep): string[] {
	const set = `${line}=${high ? 1 : 0}`
	if (major === 1) return [keep === 'hold' ? '--mode=signal' : '--mode=exit', chip, set]
	return [...(keep === 'hold' ? [] : ['--toggle=0']), `--chip=${chip}`, set]
}

/**
 * What `gpiomon` prints, a line for each edge: 1 for a rising one, 0 (version 1) or 2 (version 2) for a falling one;
 * then the kernel's time of it, "5 78" (version 1, whose nanoseconds have no leading zeros) or "5.000000078"
 * (version 2). An edge without a time that makes sense is an edge all the same.
 */
export class EdgeLines {
	readonly #lines = new LineSplitter(longestLine)

	/** The lines that end in `output`: it may begin and end anywhere in a line. */
	push(output: Uint8Array, on: OnLevel): void {
		for (const { bytes } of this.#lines.push(output)) {
			const line = bytes.toString('latin1')
			if (/^[012]/.test(line)) on(line.startsWith('1'), timeOf(line))
		}
	}
}

function timeOf(line: string): number | undefined {
	const [, seconds, padded, plain] = /^. (\d{1,12})(?:\.(\d{9})| (\d{1,9}))$/.exec(line) ?? []
	return seconds === undefined ? undefined : Number(seconds) * 1_000 + Number(padded ?? plain) / 1e6
}

class GpiodInput implements InputLine {
	readonly #words: InputWords
	readonly #options: GpiodOptions
	#program: SupervisedProgram | undefined

	constructor(words: InputWords, options: GpiodOptions) {
		this.#words = words
		this.#options = options
	}

	/** A line that can't be had now is tried again and again. */
	async start(on: OnLevel): Promise<Result<true, GpioFault>> {
		let first: Result<true, GpioFault> | undefined
		let edges = new EdgeLines()
		this.#program = new SupervisedProgram('gpiomon', this.#words.gpiomon, {
			...this.#options,
			backoff,
			// What changed while nobody listened.
			before: async () => {
				const level = await this.#level()
				first ??= level.ok ? ok(true) : level
				edges = new EdgeLines()
				if (level.ok) on(level.value)
				return level.ok ? ok(true) : level
			},
			onOutput: (bytes) => edges.push(bytes, on),
		})
		await this.#program.start()
		return first ?? ok(true)
	}

	async stop(): Promise<void> {
		await this.#program?.stop()
		this.#program = undefined
	}

	async #level(): Promise<Result<boolean, GpioFault>> {
		try {
			const { stdout } = await run('gpioget', [...this.#words.gpioget], { timeout: timeoutMs })
			return ok(stdout.trim() === '1')
		} catch (error) {
			const said = error instanceof Error && 'stderr' in error ? lastLineSaid(String(error.stderr)) : ''
			return fail('gpio', `gpioget fails${said}`)
		}
	}
}

class GpiodOutput implements OutputLine {
	readonly #words: (high: boolean, keep: Keep) => string[]
	readonly #options: GpiodOptions
	#holder: SupervisedProgram | undefined
	#wanted = false
	/** What the holder holds; undefined before the first. */
	#held: boolean | undefined
	#running = false
	/** One change at a time. */
	readonly #changing = new Mutex()

	constructor(words: (high: boolean, keep: Keep) => string[], options: GpiodOptions) {
		this.#words = words
		this.#options = options
	}

	/** As with an input. */
	async start(high: boolean): Promise<Result<true, GpioFault>> {
		this.#running = true
		this.set(high)
		await this.#changing.waitForUnlock()
		return ok(true)
	}

	set(high: boolean): void {
		this.#wanted = high
		void this.#changing.runExclusive(() => this.#change())
	}

	async stop(high: boolean): Promise<void> {
		this.#running = false
		await this.#changing.waitForUnlock()
		await this.#holder?.stop()
		this.#holder = undefined
		this.#held = undefined
		await run('gpioset', this.#words(high, 'set'), { timeout: timeoutMs }).catch(() => undefined)
	}

	/** One program has the line at a time, so the earlier one must be gone. */
	async #change(): Promise<void> {
		const high = this.#wanted
		if (!this.#running || high === this.#held) return
		this.#held = high
		await this.#holder?.stop()
		this.#holder = new SupervisedProgram('gpioset', this.#words(high, 'hold'), { ...this.#options, backoff })
		await this.#holder.start()
	}
}
