/**
 * The one way by which a command writes: line by line, each made fit for a terminal, so that nothing that came from
 * outside moves a cursor, hides, or passes for a line of ours. The gate refuses any other (`test/gate/output.ts`).
 */
import { jsonLine, printableLine } from '../platform/printable.ts'

/** What the command was asked for, on standard output. */
export function printLines(...lines: readonly string[]): void {
	process.stdout.write(textOf(lines))
}

/** The same of as many lines as there may be: a call takes no more than some 100,000 arguments. */
export function printAll(lines: readonly string[]): void {
	process.stdout.write(textOf(lines))
}

/** One JSON object, on standard output. */
export function printJson(value: unknown): void {
	process.stdout.write(`${jsonLine(value)}\n`)
}

/** What is for who sits there, on standard error. */
export function printAside(...lines: readonly string[]): void {
	process.stderr.write(textOf(lines))
}

/** Our own control sequences and codes, on standard error: nothing that came from outside. */
export function drawAside(own: string): void {
	process.stderr.write(own)
}

function textOf(lines: readonly string[]): string {
	return lines.map((line) => `${printableLine(line)}\n`).join('')
}
