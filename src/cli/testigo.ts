#!/usr/bin/env -S MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=1048576 node
// glibc gives each thread an arena of its own and keeps what was freed of large pictures, full of holes: with two
// arenas, and pictures outside of them, a kiosk peaks 70 MB lower and stays flat (`test/bench/README.md`,
// `test/bench/reading/README.md`). Started as `node testigo.js` the variables have to be set.
import { Command } from 'commander'
import { comeLast } from '../platform/process/come-last.ts'
import { keepHeapSmall } from '../platform/process/small-heap.ts'
import { software } from '../platform/process/software.ts'
import { endUnexpectedly, runProgram } from './run-program.ts'

/** Only the command that is asked for is loaded: an uplink must not carry the kiosk's image libraries. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
	demo: async () => (await import('./demo.ts')).demoCommand(),
	kiosk: async () => (await import('./kiosk.ts')).kioskCommand(),
	uplink: async () => {
		keepHeapSmall()
		return (await import('./uplink.ts')).uplinkCommand()
	},
	central: async () => (await import('./central.ts')).centralCommand(),
	board: async () => (await import('./board.ts')).boardCommand(),
	export: async () => (await import('./export.ts')).exportCommand(),
	import: async () => {
		// A centre that runs, and whoever waits for its receipts, come first: also while this one loads.
		comeLast()
		return (await import('./import.ts')).importCommand()
	},
	read: async () => (await import('./read.ts')).readCommand(),
	close: async () => (await import('./close.ts')).closeCommand(),
	void: async () => (await import('./void.ts')).voidCommand(),
	doctor: async () => (await import('./doctor.ts')).doctorCommand(),
	status: async () => (await import('./status.ts')).statusCommand(),
	register: async () => (await import('./register.ts')).registerCommand(),
	mirror: async () => (await import('./mirror.ts')).mirrorCommand(),
	witness: async () => (await import('./witness.ts')).witnessCommand(),
	proof: async () => (await import('./proof.ts')).proofCommand(),
	included: async () => (await import('./included.ts')).includedCommand(),
	stamp: async () => (await import('./stamp.ts')).stampCommand(),
	publish: async () => (await import('./publish.ts')).publishCommand(),
	tally: async () => (await import('./tally.ts')).tallyCommand(),
	sample: async () => (await import('./sample.ts')).sampleCommand(),
	transcribe: async () => (await import('./transcribe.ts')).transcribeCommand(),
	verify: async () => (await import('./verify.ts')).verifyCommand(),
	unseal: async () => (await import('./unseal.ts')).unsealCommand(),
	rule: async () => (await import('./rule.ts')).ruleCommand(),
	custodian: async () => (await import('./custodian.ts')).custodianCommand(),
	simulate: async () => (await import('./simulate.ts')).simulateCommand(),
	settings: async () => (await import('./settings.ts')).settingsCommand(),
	enrol: async () => (await import('./enrol.ts')).enrolCommand(),
	ca: async () => (await import('./ca.ts')).caCommand(),
}

// A rejection of what is awaited here comes to it too.
process.on('uncaughtException', endUnexpectedly)

const program = new Command('testigo')
	.description('Scanning kiosk for election tally sheets, and the centre that receives what the kiosks saw')
	.version(software)

const asked = commands[process.argv[2] ?? '']
for (const load of asked === undefined ? Object.values(commands) : [asked]) program.addCommand(await load())
await runProgram(program, process.argv.slice(2))
