/**
 * A hundred further actas in an archive of all of 2024: how long `publish --follow` takes, and what a mirror fetches after
 * it over a line on which every byte is counted, from a server that compresses nothing and from one that does.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { appendFile, copyFile, cp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { CountedLine } from './counted-line.ts'
import type { Bench } from './part.ts'
import type { Table } from './table.ts'

const run = promisify(execFile)
const program = join(import.meta.dirname, '../../dist/cli/testigo.js')
const words = ['authority.pem', 'registry.jws', 'centres.jws', 'campaign.jws', 'election.json']

export interface FurtherParts extends Pick<Bench, 'directory' | 'say'> {
	readonly centre: string
	/** Of a rehearsal, whose keys and words lie in `<archive>.trial`. */
	readonly archive: string
	/** Lines of a ledger: one that the first publication of the process adds, and then all others at once. */
	readonly first: string
	readonly further: string
}

export async function benchFurther(parts: FurtherParts): Promise<Table> {
	const { directory, archive, further, say } = parts
	const copy = join(directory, 'copy')
	const publishing = await Following.start(parts)
	try {
		say('the first publication of a process')
		const first = await publishing.published(parts.first)
		await rm(copy, { recursive: true, force: true })
		await cp(archive, copy, { recursive: true })
		say('further actas')
		const next = await publishing.published(further)
		const count = further.trimEnd().split('\n').length
		const plain = await mirrored(archive, copy, join(directory, 'by-plain'), plainServer, say)
		const packed = await mirrored(archive, copy, join(directory, 'by-packed'), packingServer, say)
		return {
			title: `${count} further actas of ${next.changed} tables, in an archive of ${first.leaves} leaves`,
			columns: ['', 'seconds', 'MB on the wire'],
			rows: [
				['the first publication of the process, of one acta', first.seconds, null],
				['their publication', next.seconds, null],
				['what is new in the archive, whole', null, plain.written / 1e6],
				['testigo mirror, python3 -m http.server', plain.seconds, plain.wire / 1e6],
				['testigo mirror, a server that compresses', packed.seconds, packed.wire / 1e6],
			],
			notes: [
				'Seconds of a publication are what the process logs: from looking at the records until all of it lay on the disk.',
				'On the wire: all bytes of both directions of every connection, the heads of HTTP with them. No pictures.',
				'A mirror verifies all of the archive, the earlier leaves too, before it shows it.',
			],
		}
	} finally {
		await publishing.end()
	}
}

interface PublishedEvent {
	readonly event: string
	readonly leaves: number
	readonly changed: number
	readonly seconds: number
}

/** `publish --follow`, which looks every second. */
class Following {
	readonly #child: ChildProcess
	readonly #ledger: string
	#heard: (event: PublishedEvent) => void = () => {}

	private constructor(child: ChildProcess, ledger: string) {
		this.#child = child
		this.#ledger = ledger
	}

	static async start({ directory, centre, archive }: FurtherParts): Promise<Following> {
		const log = `${archive}.trial`
		for (const name of words) await copyFile(join(log, name), join(centre, name))
		const config = join(directory, 'publish.json')
		const ripeness = { afterHours: 0, leastEntries: 1, leastDevices: 1, overdueHours: 0 }
		await writeFile(config, JSON.stringify({ directory: centre, archive, log, everySeconds: 1, ripeness }))
		const child = spawn(process.execPath, [program, 'publish', '--follow', '--config', config], {
			stdio: ['ignore', 'pipe', 'inherit'],
		})
		const following = new Following(child, join(centre, 'ledger.jws'))
		createInterface({ input: child.stdout }).on('line', following.#take)
		return following
	}

	readonly #take = (line: string) => {
		const said = JSON.parse(line) as PublishedEvent
		if (said.event === 'publish-fault') throw new Error(line)
		if (said.event === 'published') this.#heard(said)
	}

	/** Resolves when what these lines bring is published. */
	async published(lines: string): Promise<PublishedEvent> {
		const heard = new Promise<PublishedEvent>((resolve) => {
			this.#heard = resolve
		})
		await appendFile(this.#ledger, lines)
		return await heard
	}

	async end(): Promise<void> {
		const ended = new Promise((resolve) => this.#child.once('exit', resolve))
		this.#child.kill('SIGTERM')
		await ended
	}
}

interface Served {
	readonly port: number
	close(): void
}

async function mirrored(
	archive: string,
	earlier: string,
	copy: string,
	serve: (folder: string) => Promise<Served>,
	say: Bench['say'],
) {
	await cp(earlier, copy, { recursive: true })
	const server = await serve(archive)
	const line = await CountedLine.to(server.port)
	say(`a mirror of it (${serve.name})`)
	try {
		const began = performance.now()
		const { stdout } = await run(process.execPath, [program, 'mirror', line.url, copy])
		const seconds = Math.round(performance.now() - began) / 1000
		const { bytes: written } = JSON.parse(stdout) as { bytes: number }
		return { seconds, wire: line.bytes, written }
	} finally {
		line.close()
		server.close()
	}
}

/** As everybody has it. */
async function plainServer(folder: string): Promise<Served> {
	const child = spawn(
		'python3',
		['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', folder],
		{
			stdio: ['ignore', 'pipe', 'ignore'],
		},
	)
	for await (const line of createInterface({ input: child.stdout })) {
		const port = / port (\d+)/.exec(line)?.[1]
		if (port !== undefined) return { port: Number(port), close: () => void child.kill() }
	}
	throw new Error('python3 -m http.server did not begin')
}

async function packingServer(folder: string): Promise<Served> {
	const server = createServer(async ({ url = '', headers }, response) => {
		const file = await readFile(join(folder, url)).catch(() => null)
		if (file === null) response.writeHead(404).end()
		else if (!/\bgzip\b/.test(headers['accept-encoding'] ?? '')) response.end(file)
		else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(file))
	})
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	const close = () => {
		server.closeAllConnections()
		server.close()
	}
	return { port: (server.address() as AddressInfo).port, close }
}
