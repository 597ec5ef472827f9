import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { Command } from 'commander'
import { Board } from '../board/board.ts'
import { BoardConfig } from '../board/config.ts'
import { systemClock } from '../platform/clock.ts'
import { makeFile } from '../platform/files/durable.ts'
import { readListeningSecrets } from '../platform/http/listening.ts'
import { hashPassPhrase } from '../platform/http/pass-phrase.ts'
import { wholeNumber } from './arguments.ts'
import { asOwnerOf, readBefore } from './as-owner.ts'
import { configure } from './configuration.ts'
import { electionFrom } from './election-file.ts'
import { eventLog } from './event-log.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside } from './output.ts'
import { runUntilSignal, superviseProcess } from './running.ts'
import { tilesFrom } from './tiles-file.ts'

interface Options {
	readonly config?: string
	readonly directory?: string
	readonly register?: string
	readonly election?: string
	readonly port?: number
}

export function boardCommand(): Command {
	const command = new Command('board')
		.description('Show the people at the centre what it holds, live: it only reads')
		.option('--config <file>', 'configuration (default: /etc/testigo/board.json where there is one)')
		.option('--directory <dir>', "the centre's")
		.option('--register <file>', 'register of tables (default: register.csv in the directory)')
		.option('--election <file>', "another election's definition")
		.option('--port <number>', 'on this machine; 0 for any that is free', wholeNumber(0, 65_535))
		.action(run)
	command
		.command('pass-phrase')
		.description(
			'Keep the hash of a pass phrase, typed or piped in, for a board that is reached from elsewhere',
		)
		.requiredOption('--out <file>', 'a new file')
		.action(keepPassPhrase)
	return command
}

async function run(options: Options): Promise<void> {
	const { directory, register, election: definition, port } = options
	const config = await configure(BoardConfig, {
		file: options.config,
		usual: '/etc/testigo/board.json',
		flags: { directory, register, election: definition, listen: { port } },
	})
	const election = await electionFrom(config.election)
	const tiles = await tilesFrom(config.tiles, election)
	const { listen } = config
	const named = [listen.tls?.key, listen.passPhrase]
	const secrets = await readBefore(named, () => readListeningSecrets(listen))
	await asOwnerOf(config.directory)
	const read = await secrets()
	if (!read.ok) throw new CommandRefused(exit.usedWrongly, `listen: ${read.fault.detail}`)
	if (config.register !== undefined && !existsSync(config.register))
		throw new CommandRefused(exit.usedWrongly, `${config.register}: there is no such register`)
	const log = eventLog('board', process.stdout)
	const board = new Board({
		...{ directory: config.directory, election, tiles, log },
		registerPath: config.register ?? join(config.directory, 'register.csv'),
		...{ listening: listen, secrets: read.value, clock: systemClock },
	})
	const running = {
		async start() {
			const started = await board.start()
			if (!started.ok) throw new CommandRefused(exit.environmentFailed, started.fault.detail)
		},
		stop: () => board.stop(),
		healthFault: () => board.healthFault(),
		get statusText() {
			return board.statusText
		},
	}
	await runUntilSignal(running, superviseProcess(log))
}

async function keepPassPhrase({ out }: { readonly out: string }): Promise<void> {
	const lines = typedLines()
	try {
		printAside('Pass phrase (it is not shown):')
		const phrase = await lines.next()
		if (process.stdin.isTTY) {
			printAside('Once more:')
			if ((await lines.next()) !== phrase)
				throw new CommandRefused(exit.usedWrongly, 'the two are not the same')
		}
		const hash = await hashPassPhrase(phrase)
		if (!hash.ok) throw new CommandRefused(exit.usedWrongly, hash.fault.detail)
		await asOwnerOf(out)
		await makeFile(out, `${JSON.stringify(hash.value)}\n`, 0o600).catch((error: NodeJS.ErrnoException) => {
			const why = error.code === 'EEXIST' ? 'there is one already' : `can't be written (${error.code})`
			throw new CommandRefused(exit.environmentFailed, `${out}: ${why}`)
		})
		printAside(`${out}: only root can read it; name it as listen.passPhrase in board.json`)
	} finally {
		lines.end()
	}
}

/** Lines of standard input, of which a terminal shows nothing; an empty one at its end. */
function typedLines(): { next(): Promise<string>; end(): void } {
	const nowhere = new Writable({ write: (_bytes, _encoding, done) => done() })
	const lines = createInterface({
		input: process.stdin,
		output: nowhere,
		terminal: process.stdin.isTTY ?? false,
	})
	const typed = lines[Symbol.asyncIterator]()
	return {
		next: async () => String((await typed.next()).value ?? ''),
		end: () => lines.close(),
	}
}
