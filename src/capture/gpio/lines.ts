import type { Fault, Result } from '../../platform/result.ts'

/** `gpio`: the line can't be had or fails. */
export type GpioFault = Fault<'gpio'>

/** A resistor that holds a line where nothing drives it. */
export type Bias = 'none' | 'pull-up' | 'pull-down'

/**
 * `high`: the line's level. `atMs`: when it changed, where the source says so, in milliseconds since an instant that
 * nobody knows: only the difference of two means anything.
 */
export type OnLevel = (high: boolean, atMs?: number) => void

export interface InputLine {
	/** Calls back with the line's level now, and with each change. Bounces are passed on. */
	start(on: OnLevel): Promise<Result<true, GpioFault>>
	stop(): Promise<void>
}

export interface OutputLine {
	/** Takes the line and drives it to `high`. */
	start(high: boolean): Promise<Result<true, GpioFault>>
	/** As soon as it can; of several the newest wins. */
	set(high: boolean): void
	/** Leaves the line at `high`. */
	stop(high: boolean): Promise<void>
}

/** The lines of a Raspberry Pi's header, by BCM number: what the pin's label says, 0 to 27. */
export interface Gpio {
	input(line: number, bias: Bias): InputLine
	output(line: number): OutputLine
}
