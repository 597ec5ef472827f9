/** A command in the test's own process: what it prints and how it ends, without the start of a process of its own. */
import type { Command } from 'commander'
import { vi } from 'vitest'
import { runProgram } from '#src/cli/run-program.js'
import type { Ended } from './processes.ts'

/** `command` is a new one for each run. */
export async function commandHere(command: Command, ...words: readonly string[]): Promise<Ended> {
	const [out, err]: [string[], string[]] = [[], []]
	const spies = (
		[
			[process.stdout, out],
			[process.stderr, err],
		] as const
	).map(([stream, into]) =>
		vi.spyOn(stream, 'write').mockImplementation((text) => into.push(String(text)) > 0),
	)
	const before = process.exitCode
	process.exitCode = undefined
	try {
		await runProgram(command, words)
		return { status: Number(process.exitCode ?? 0), out: out.join(''), err: err.join('') }
	} finally {
		for (const spy of spies) spy.mockRestore()
		process.exitCode = before
	}
}
