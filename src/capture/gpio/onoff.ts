/**
 * The header's lines by the package `onoff`, where the kernel has /sys/class/gpio. The package is optional: it
 * is built at installation, and current systems have no use for it.
 */
import { access, constants, readFile, writeFile } from 'node:fs/promises'
import { type Clock, pause } from '../../platform/clock.ts'
import { fail, ok, type Result } from '../../platform/result.ts'
import { errorCode } from '../folder-file.ts'
import type { Gpio, GpioFault, InputLine, OnLevel, OutputLine } from './lines.ts'

export const sysfsGpio = '/sys/class/gpio'

/** What is used of the package; its own types are there only where it could be built. */
interface OnoffLine {
	readSync(): 0 | 1
	writeSync(value: 0 | 1): void
	watch(callback: (error: Error | null | undefined) => void): void
	unwatch(): void
	direction(): string
	unexport(): void
}

interface Onoff {
	readonly Gpio: new (
		line: number,
		direction: 'in' | 'high' | 'low',
		edge: 'both' | 'none',
		options: { readonly activeLow: boolean },
	) => OnoffLine
}

/** Milliseconds for udev to give the group access to a line that was just exported. */
const permissionMs = 2_000
/** Milliseconds between two looks at a line that reports no changes by itself, or whose files are awaited. */
const lookMs = 10

export async function loadOnoff(): Promise<Result<Onoff>> {
	try {
		// Not a literal: the compiler must not look for a package that may be missing.
		const name: string = 'onoff'
		const loaded: { readonly default: Onoff } = await import(name)
		return ok(loaded.default)
	} catch (error) {
		return fail('no-onoff', errorCode(error))
	}
}

export class OnoffGpio implements Gpio {
	readonly #base: number
	readonly #clock: Clock

	/** `base`: the number of the header's first line. */
	constructor(base: number, clock: Clock) {
		this.#base = base
		this.#clock = clock
	}

	/** A resistor can't be set this way: `gpio=17=pu` in config.txt does it. */
	input(line: number): InputLine {
		return new OnoffInput(this.#base + line, this.#clock)
	}

	output(line: number): OutputLine {
		return new OnoffOutput(this.#base + line, this.#clock)
	}
}

class OnoffInput implements InputLine {
	readonly #number: number
	readonly #clock: Clock
	#line: OnoffLine | undefined
	#cancelLook = () => {}

	constructor(number: number, clock: Clock) {
		this.#number = number
		this.#clock = clock
	}

	async start(on: OnLevel): Promise<Result<true, GpioFault>> {
		const opened = await openLine(this.#number, 'in', this.#clock)
		if (!opened.ok) return opened
		const line = opened.value
		this.#line = line
		const report = () => {
			let high: boolean
			try {
				high = line.readSync() === 1
			} catch {
				// A line that can't be read just now says nothing.
				return
			}
			on(high)
		}
		report()
		if (!(await this.#reportsEdges(line, report))) this.#look(report)
		return ok(true)
	}

	async stop(): Promise<void> {
		this.#cancelLook()
		this.#line?.unexport()
		this.#line = undefined
	}

	/** Some lines have no interrupt and no file `edge`, and some kernels refuse to be waited for. */
	async #reportsEdges(line: OnoffLine, report: () => void): Promise<boolean> {
		try {
			const edge = await readFile(`${sysfsGpio}/gpio${this.#number}/edge`, 'utf8')
			// The package passes over what it could not set.
			if (edge.trim() !== 'both') return false
			line.watch(report)
			return true
		} catch {
			forget(line)
			return false
		}
	}

	#look(report: () => void): void {
		this.#cancelLook = this.#clock.after(lookMs, () => {
			report()
			this.#look(report)
		})
	}
}

/** Where waiting was refused the package still believes that it waits, and later can't let go of the line. */
function forget(line: OnoffLine): void {
	try {
		line.unwatch()
	} catch {
		// Refused as the waiting was; it is forgotten all the same.
	}
}

class OnoffOutput implements OutputLine {
	readonly #number: number
	readonly #clock: Clock
	#line: OnoffLine | undefined

	constructor(number: number, clock: Clock) {
		this.#number = number
		this.#clock = clock
	}

	async start(high: boolean): Promise<Result<true, GpioFault>> {
		const opened = await openLine(this.#number, high ? 'high' : 'low', this.#clock)
		if (!opened.ok) return opened
		this.#line = opened.value
		return ok(true)
	}

	set(high: boolean): void {
		try {
			this.#line?.writeSync(high ? 1 : 0)
		} catch {
			// A lamp that can't be switched must not stop an acta.
		}
	}

	async stop(high: boolean): Promise<void> {
		this.set(high)
		this.#line?.unexport()
		this.#line = undefined
	}
}

/**
 * Exports the line here and waits for access here: the package would do both in a loop that holds everything
 * else up (raspberrypi/linux#553).
 */
async function openLine(
	number: number,
	direction: 'in' | 'high' | 'low',
	clock: Clock,
): Promise<Result<OnoffLine, GpioFault>> {
	const loaded = await loadOnoff()
	if (!loaded.ok) return fail('gpio', `onoff can't be loaded (${loaded.fault.detail})`)
	const directory = `${sysfsGpio}/gpio${number}`
	try {
		const exported = await access(directory).then(
			() => true,
			() => false,
		)
		if (!exported) await writeFile(`${sysfsGpio}/export`, String(number))
		const until = clock.monotonic() + permissionMs
		while (!(await writable(directory))) {
			if (clock.monotonic() >= until) {
				return fail('gpio', `GPIO line ${number} may not be used: add the kiosk's user to group gpio`)
			}
			await pause(clock, lookMs)
		}
		const { Gpio } = loaded.value
		const line = new Gpio(number, direction, direction === 'in' ? 'both' : 'none', { activeLow: false })
		// The package passes over what fails on a line that was exported before.
		const wanted = direction === 'in' ? 'in' : 'out'
		const is = line.direction()
		if (is === wanted || is === direction) return ok(line)
		line.unexport()
		return fail('gpio', `GPIO line ${number} stays "${is}": something else uses it`)
	} catch (error) {
		return fail('gpio', `GPIO line ${number} can't be had (${errorCode(error)}): is it used already?`)
	}
}

async function writable(directory: string): Promise<boolean> {
	try {
		for (const file of ['value', 'direction', 'active_low']) {
			await access(`${directory}/${file}`, constants.R_OK | constants.W_OK)
		}
		return true
	} catch {
		return false
	}
}
