/** Runs a command to its exit status; whatever it refuses, or a bug throws, is printed line by line. */
import { type Command, CommanderError } from 'commander'
import { CommandRefused, exit } from './exit.ts'
import { printAside } from './output.ts'

/** `words` as on a command line. Rejects with what is a bug. */
export async function runProgram(program: Command, words: readonly string[]): Promise<void> {
	throwInsteadOfExit(program)
	try {
		await program.parseAsync(words, { from: 'user' })
	} catch (error) {
		if (error instanceof CommandRefused) {
			printAside(`testigo: ${error.message}`, ...error.faults.map((fault) => `  ${fault}`))
			process.exitCode = error.status
		} else if (error instanceof CommanderError) {
			// commander has printed its line by now; help and version end with 0.
			process.exitCode = error.exitCode === 0 ? exit.done : exit.usedWrongly
		} else {
			throw error
		}
	}
}

/** commander hands its settings down only to commands that it made itself. */
function throwInsteadOfExit(command: Command): void {
	command.exitOverride()
	command.configureOutput({ outputError: printFault })
	for (const below of command.commands) throwInsteadOfExit(below)
}

/** One line, in which words of the command line may stand, and maybe a hint of commander's own. */
function printFault(text: string): void {
	const [, fault = text, hint] = /^(.*?)(?:\n(\(Did you mean [^\n]*\)))?\n?$/s.exec(text) ?? []
	printAside(fault, ...(hint === undefined ? [] : [hint]))
}

/** A bug: as Node would say it and end, but line by line, since what came from outside may stand in it. */
export function endUnexpectedly(error: unknown): never {
	const frames = error instanceof Error ? (error.stack?.match(/^ {4}at .*$/gm) ?? []) : []
	printAside(String(error), ...frames)
	process.exit(1)
}
