#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { exit, Refusal } from './exit.ts'
import { simulateCommand } from './simulate.ts'

const program = new Command('testigo')
	.description('Scanning kiosk for election tally sheets, and the centre that receives what the kiosks saw')
	.exitOverride()
	.configureHelp({ sortSubcommands: true })
program.addCommand(simulateCommand())

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
