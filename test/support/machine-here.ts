/** A machine whose commands run in the test's own process: for tests of what they say, not of how they start. */
import type { Command } from 'commander'
import { caCommand } from '#src/cli/ca.js'
import { enrolCommand } from '#src/cli/enrol.js'
import { importCommand } from '#src/cli/import.js'
import { simulateCommand } from '#src/cli/simulate.js'
import { statusCommand } from '#src/cli/status.js'
import { tallyCommand } from '#src/cli/tally.js'
import { verifyCommand } from '#src/cli/verify.js'
import { commandHere } from './command-here.ts'
import { Machine } from './machines.ts'
import type { Ended } from './processes.ts'

const commands: Readonly<Record<string, () => Command>> = {
	...{ ca: caCommand, enrol: enrolCommand, import: importCommand, simulate: simulateCommand },
	...{ status: statusCommand, tally: tallyCommand, verify: verifyCommand },
}

export class MachineHere extends Machine {
	/** One after another: a process is in one folder at a time. */
	override async types(name = '', ...words: string[]): Promise<Ended> {
		const command = commands[name]
		if (command === undefined) return await super.types(name, ...words)
		const before = process.cwd()
		process.chdir(this.folder)
		try {
			return await commandHere(command(), ...words)
		} finally {
			process.chdir(before)
		}
	}
}
