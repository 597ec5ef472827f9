#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { software } from '../platform/software.ts'
import { centralCommand } from './central.ts'
import { demoCommand } from './demo.ts'
import { enrolCommand } from './enrol.ts'
import { exit, Refusal } from './exit.ts'
import { kioskCommand } from './kiosk.ts'
import { readCommand } from './read.ts'
import { statusCommand } from './status.ts'
import { uplinkCommand } from './uplink.ts'
import { verifyCommand } from './verify.ts'

const program = new Command('testigo')
	.description('Scanning kiosk for election tally sheets, and the centre that receives what the kiosks saw')
	.version(software)

const commands = [
	demoCommand(),
	kioskCommand(),
	uplinkCommand(),
	centralCommand(),
	readCommand(),
	statusCommand(),
	verifyCommand(),
	enrolCommand(),
]
for (const command of commands) program.addCommand(command)
throwInsteadOfExit(program)

try {
	await program.parseAsync()
} catch (error) {
	if (error instanceof Refusal) {
		process.stderr.write(`testigo: ${error.message}\n`)
		process.exitCode = error.status
	} else if (error instanceof CommanderError) {
		// commander has printed its line by now; help and version end with 0.
		process.exitCode = error.exitCode === 0 ? exit.done : exit.usedWrongly
	} else {
		throw error
	}
}

/** commander hands its settings down only to commands that it made itself. */
function throwInsteadOfExit(command: Command): void {
	command.exitOverride()
	for (const below of command.commands) throwInsteadOfExit(below)
}
