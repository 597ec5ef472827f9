/**
 * Entries and images per second from an uplink's journal to the centre's ledger and the verified receipt back,
 * all synced, beside the bare broker with the same bytes.
 */
import { verify } from 'node:crypto'
import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openEntry } from '#src/evidence/entry.js'
import { mosquitto } from '../support/mosquitto.ts'
import { processorTimeOf } from '../support/processes.ts'
import { Stations } from '../support/stations.ts'
import { allMessages, entryMessages, receiptSize, runBare } from './bare-run.ts'
import { type BrokerProcess, startBroker } from './broker-process.ts'
import type { Bench } from './part.ts'
import { type WrittenJournal, writeJournal } from './signed-entries.ts'
import { type Cell, spreadOf, type Table } from './table.ts'

export async function benchTransport(bench: Bench): Promise<Table[]> {
	const { directory, short, say } = bench
	say('writing journals')
	const entries = await writeJournal(join(directory, 'entries'), {
		entries: short ? 300 : 3_000,
		imageSize: 0,
	})
	const images = await writeJournal(join(directory, 'images'), {
		entries: short ? 15 : 100,
		imageSize: 260_000,
	})
	const rounds = short ? 1 : 5
	const tables: Table[] = []
	const through = async (noDelay: boolean, works: ((broker: BrokerProcess) => Promise<Table>)[]) => {
		const broker = await startBroker(noDelay)
		try {
			for (const work of works) tables.push(await work(broker))
		} finally {
			await broker.stop()
		}
	}
	await through(true, [
		(broker) => compare({ bench, broker, journal: entries, until: 'received', rounds }),
		(broker) => compare({ bench, broker, journal: images, until: 'complete', rounds }),
	])
	if (!short && mosquitto !== undefined) {
		await through(false, [
			(broker) => compare({ bench, broker, journal: entries, until: 'received', rounds: 2 }),
		])
	}
	return [...tables, await checks(entries, short ? 300 : 3_000)]
}

interface Comparison {
	readonly bench: Bench
	readonly broker: BrokerProcess
	readonly journal: WrittenJournal
	/** `received`: all entries have verified receipts. `complete`: the centre holds their images too. */
	readonly until: 'received' | 'complete'
	readonly rounds: number
}

async function compare({ bench, broker, journal, until, rounds }: Comparison): Promise<Table> {
	const { directory, say } = bench
	const messages = until === 'received' ? await entryMessages(journal) : await allMessages(journal)
	const bytes = messages.reduce((sum, { start, end }) => sum + end - start, 0)
	const seconds: Record<'testigo' | 'oneWay' | 'answered', number[]> = {
		testigo: [],
		oneWay: [],
		answered: [],
	}
	const processor: Record<string, number[]> = {}
	for (let round = 0; round < rounds; round++) {
		const works = [
			async () => {
				say(`Testigo, ${until}, round ${round + 1} of ${rounds}`)
				const run = await runTestigo(await mkdtemp(join(directory, `${until}-`)), broker, journal, until)
				seconds.testigo.push(run.seconds)
				for (const [name, ms] of Object.entries(run.processor)) {
					processor[name] ??= []
					processor[name].push(ms)
				}
			},
			async () => seconds.oneWay.push(await runBare(broker, messages, { answer: 0 })),
			async () => seconds.answered.push(await runBare(broker, messages, { answer: receiptSize })),
		]
		for (const work of round % 2 === 0 ? works : works.toReversed()) await work()
	}

	const ours = spreadOf(seconds.testigo).median
	const row = (name: string, times: readonly number[], peer: boolean): Cell[] => {
		const { median, p95 } = spreadOf(times)
		const rate = (count: number) => count / median
		return [
			name,
			times.length,
			median,
			p95,
			rate(journal.entries),
			rate(bytes / 2 ** 20),
			peer ? ours / median : null,
		]
	}
	const perEntry = Object.entries(processor).map(
		([name, ms]) => `${name} ${(spreadOf(ms).median / journal.entries).toFixed(2)}`,
	)
	const what = until === 'received' ? 'entries' : 'entries, each with an image of 260 KB,'
	return {
		title: `From journal to verified receipt: ${journal.entries} ${what} through ${broker.name}`,
		columns: ['', 'runs', 'median s', 'worst s', 'entries/s', 'MB/s', 'ratio'],
		rows: [
			row('Testigo, uplink to centre and receipt back', seconds.testigo, false),
			row('  peer: bare broker, one way', seconds.oneWay, true),
			row(`  peer: bare broker, each answered with ${receiptSize} bytes`, seconds.answered, true),
		],
		notes: [
			'Same bytes, same window of 16, QoS 1, a process each. Ratio: our time to the peer’s.',
			`Processor time of Testigo’s run, ms per entry: ${perEntry.join(', ')}.`,
			...(until === 'received'
				? []
				: [
						'The answered peer waits for each chunk; Testigo answers an entry, and its files when they are whole.',
					]),
		],
	}
}

async function runTestigo(
	directory: string,
	broker: BrokerProcess,
	journal: WrittenJournal,
	until: 'received' | 'complete',
) {
	const stations = new Stations(directory, { broker, journal: journal.directory })
	await stations.enrolCentre(journal.device)
	try {
		const central = await stations.startHeard('central', 'connected')
		await stations.start('uplink')
		const uplink = stations.process('uplink')
		const finished = uplink.heard((event) => event[until] === journal.entries)
		const begun = await uplink.heard(({ event }) => event === 'connected')
		const pids = { uplink: uplink.pid, [broker.name]: broker.pid, centre: central.pid }
		const before = await processorTimes(pids)
		const ended = await finished
		const used = await processorTimes(pids)
		const processor = Object.fromEntries(
			Object.entries(used).map(([name, ms]) => [name, ms - (before[name] ?? 0)]),
		)
		return { seconds: (ended - begun) / 1000, processor }
	} finally {
		await stations.stop()
	}
}

export async function processorTimes(
	pids: Readonly<Record<string, number>>,
): Promise<Record<string, number>> {
	const times: Record<string, number> = {}
	for (const [name, pid] of Object.entries(pids)) {
		const ms = await processorTimeOf(pid)
		if (ms !== null) times[name] = ms
	}
	return times
}

/** How many entries one core can check, for scale. */
export async function checks({ directory, device }: WrittenJournal, count: number): Promise<Table> {
	const lines = (await readFile(join(directory, 'entries.jws'), 'latin1'))
		.trimEnd()
		.split('\n')
		.slice(0, count)
	const bare = lines.map((line) => {
		const end = line.lastIndexOf('.')
		return {
			input: Buffer.from(line.slice(0, end)),
			signature: Buffer.from(line.slice(end + 1), 'base64url'),
		}
	})
	const key = { key: device.publicKey, dsaEncoding: 'ieee-p1363' as const }
	const ours: number[] = []
	const theirs: number[] = []
	lines.forEach((line, index) => {
		const { input, signature } = bare[index] ?? { input: Buffer.alloc(0), signature: Buffer.alloc(0) }
		let begun = performance.now()
		const opened = openEntry(line, device)
		ours.push(performance.now() - begun)
		begun = performance.now()
		const verified = verify('sha256', input, key, signature)
		theirs.push(performance.now() - begun)
		if (!opened.ok || !verified) throw new Error('an entry does not verify')
	})
	const [open, check] = [spreadOf(ours), spreadOf(theirs)]
	return {
		title: 'Checking an entry on one core, milliseconds',
		columns: ['', 'entries', 'median', 'p95', 'per second', 'ratio'],
		rows: [
			[
				'openEntry: form, signature, meaning',
				count,
				open.median,
				open.p95,
				1000 / open.median,
				open.median / check.median,
			],
			['  peer: crypto.verify alone', count, check.median, check.p95, 1000 / check.median, null],
		],
	}
}
