/**
 * A hundred further actas in an archive of all of 2024: how long `publish --follow` takes, and what a mirror fetches after
 * it over a line on which every byte is counted, from a server that compresses nothing and from one that does.
 */
import { spawn } from 'node:child_process'
import { appendFile, copyFile, cp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import { type LogEvent, RunningProcess, testigo } from '../support/processes.ts'
import { CountedLine } from './counted-line.ts'
import type { Bench } from './part.ts'
import type { Table } from './table.ts'

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
		await publishing.stop()
	}
}

interface PublishedEvent {
	readonly leaves: number
	readonly changed: number
	readonly seconds: number
}

/** `publish --follow`, which looks every second. */
class Following {
	readonly #process: RunningProcess
	readonly #ledger: string

	private constructor(process: RunningProcess, ledger: string) {
		this.#process = process
		this.#ledger = ledger
	}

	static async start({ directory, centre, archive }: FurtherParts): Promise<Following> {
		const log = `${archive}.trial`
		for (const name of words) await copyFile(join(log, name), join(centre, name))
		const config = join(directory, 'publish.json')
		const ripeness = { afterHours: 0, leastEntries: 1, leastDevices: 1, overdueHours: 0 }
		await writeFile(config, JSON.stringify({ directory: centre, archive, log, everySeconds: 1, ripeness }))
		const running = RunningProcess.testigo(['publish', '--follow', '--config', config])
		return new Following(running, join(centre, 'ledger.jws'))
	}

	/** Resolves when what these lines bring is published; rejects where that fails, or the process ends. */
	async published(lines: string): Promise<PublishedEvent> {
		let said: LogEvent = {}
		const heard = this.#process.heard((event) => {
			said = event
			return event['event'] === 'published' || event['event'] === 'publish-fault'
		})
		await Promise.all([appendFile(this.#ledger, lines), heard])
		if (said['event'] !== 'published') throw new Error(JSON.stringify(said))
		return said as PublishedEvent & LogEvent
	}

	stop(): Promise<void> {
		return this.#process.stop()
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
		const { status, out, err } = await testigo('mirror', line.url, copy)
		const seconds = Math.round(performance.now() - began) / 1000
		if (status !== 0) throw new Error(err)
		const { bytes: written } = JSON.parse(out) as { bytes: number }
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
