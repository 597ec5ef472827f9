/**
 * The centre by itself: entries per second when many devices send at once, and how long the others wait for
 * their receipts while one of them floods. One plain MQTT client plays all devices, with entries signed
 * beforehand; broker and centre are the processes that ship.
 */
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { mostInFlight } from '#src/protocol/limits.js'
import { Stations } from '../support/stations.ts'
import { entryMessages, receiptSize, runBare } from './bare-run.ts'
import { type BrokerProcess, startBroker } from './broker-process.ts'
import type { DeviceStreamsTask, FromDeviceStreams, Stream } from './device-streams.ts'
import { Forked } from './forked.ts'
import type { Bench } from './part.ts'
import { type WrittenJournal, writeJournal } from './signed-entries.ts'
import { spreadOf, type Table } from './table.ts'
import { checks, processorTimes } from './transport.ts'

const devices = 8

export async function benchCentre(bench: Bench): Promise<Table[]> {
	const { short } = bench
	const broker = await startBroker()
	try {
		const bare = await throughput(bench, broker, short ? 150 : 1_500, short ? 1 : 5)
		return [...bare, await fairness(bench, broker, short ? 30 : 300)]
	} finally {
		await broker.stop()
	}
}

async function write({ directory, say }: Bench, count: number, name: string): Promise<WrittenJournal> {
	say(`signing ${count} entries of ${name}`)
	return writeJournal(join(directory, name), { entries: count, imageSize: 0, device: name })
}

async function throughput(
	bench: Bench,
	broker: BrokerProcess,
	count: number,
	rounds: number,
): Promise<Table[]> {
	const journals: WrittenJournal[] = []
	for (let device = 1; device <= devices; device++)
		journals.push(await write(bench, count, `k-${count}-${device}`))
	const messages = (await Promise.all(journals.map(entryMessages))).flat()
	const streams = journals.map((journal) => streamOf(journal, { window: mostInFlight }))
	const total = count * devices
	const rates: Record<'centre' | 'oneWay' | 'answered', number[]> = { centre: [], oneWay: [], answered: [] }
	const processor: number[] = []
	const window = mostInFlight * devices
	for (let round = 0; round < rounds; round++) {
		const works = [
			async () => {
				bench.say(`centre, round ${round + 1} of ${rounds}`)
				const run = await runCentre(bench, broker, journals, streams, streams)
				rates.centre.push(total / run.seconds)
				processor.push(run.processor / total)
			},
			async () => rates.oneWay.push(total / (await runBare(broker, messages, { answer: 0, window }))),
			async () =>
				rates.answered.push(total / (await runBare(broker, messages, { answer: receiptSize, window }))),
		]
		for (const work of round % 2 === 0 ? works : works.toReversed()) await work()
	}
	const [first] = journals
	if (first === undefined) throw new Error('no devices')
	const checked = await checks(first, count)
	const verifyRate = Number(checked.rows[1]?.[4])
	const ours = spreadOf(rates.centre).median
	const row = (name: string, rate: number) => [name, rate, ours / rate]
	return [
		{
			title: `Entries to the centre: ${devices} devices with ${count} each, through ${broker.name}`,
			columns: ['', 'per second', 'ours to it'],
			rows: [
				['the centre: verified, synced, a signed receipt each', ours, null],
				row('  peer: bare signature check on one core', verifyRate),
				row('  peer: bare broker, one way', spreadOf(rates.oneWay).median),
				row(`  peer: bare broker, each answered with ${receiptSize} bytes`, spreadOf(rates.answered).median),
			],
			notes: [
				`${mostInFlight} unanswered of each device at a time, everywhere; medians of ${rounds} runs.`,
				`Processor time of the centre: ${spreadOf(processor).median.toFixed(3)} ms an entry.`,
			],
		},
		checked,
	]
}

/** How often the honest ones send, in milliseconds. */
const pace = 200

async function fairness(bench: Bench, broker: BrokerProcess, count: number): Promise<Table> {
	const honest: WrittenJournal[] = []
	for (let device = 1; device <= devices; device++) honest.push(await write(bench, count, `k-calm-${device}`))
	// Ten times all of them together, for as long as they send.
	const flood = await write(bench, count * devices * 10, 'k-flood')
	const calm = honest.map((journal) => streamOf(journal, { every: pace }))
	const rows: Table['rows'][number][] = []
	let usual: { median: number; p95: number } | undefined
	for (const [name, more] of [
		['nobody floods', []],
		['one sends 10 times the rest', [streamOf(flood, { every: pace / devices / 10 })]],
		['one sends as fast as the broker acknowledges', [streamOf(flood, { window: 2_000 })]],
	] as const) {
		bench.say(`receipts while ${name}`)
		const { times } = await runCentre(bench, broker, [...honest, flood], [...calm, ...more], calm)
		const spread = spreadOf(times)
		usual ??= spread
		rows.push([
			name,
			times.length,
			spread.median,
			spread.p95,
			spread.median / usual.median,
			spread.p95 / usual.p95,
		])
	}
	return {
		title: `Milliseconds from an entry to its receipt, for ${devices} devices that send 5 a second each`,
		columns: ['', 'receipts', 'median', 'p95', 'median to usual', 'p95 to usual'],
		rows,
		notes: ['What floods waits for no receipt. Aim: at most 2 times the usual.'],
	}
}

function streamOf({ directory, device }: WrittenJournal, sends: Stream['sends']): Stream {
	return { device: device.id, path: join(directory, 'entries.jws'), sends }
}

async function runCentre(
	{ directory }: Bench,
	broker: BrokerProcess,
	known: readonly WrittenJournal[],
	streams: readonly Stream[],
	timed: readonly Stream[],
): Promise<{ readonly seconds: number; readonly times: readonly number[]; readonly processor: number }> {
	const stations = new Stations(await mkdtemp(join(directory, 'centre-')), { broker })
	await stations.enrolCentre(...known.map(({ device }) => device))
	const { url, protocol } = broker
	const task: DeviceStreamsTask = { url, protocol, streams, timed: timed.map(({ device }) => device) }
	const client = new Forked<FromDeviceStreams>(new URL('./device-streams.ts', import.meta.url), task)
	try {
		const ready = client.next()
		const central = await stations.startHeard('central', 'connected')
		await ready
		const done = client.next()
		const before = await processorTimes({ centre: central.pid })
		client.send('go')
		const answer = await done
		if (answer.type === 'ready') throw new Error('it was ready twice')
		const { seconds, times } = answer
		const after = await processorTimes({ centre: central.pid })
		return { seconds, times, processor: (after['centre'] ?? 0) - (before['centre'] ?? 0) }
	} finally {
		await client.stop()
		await stations.stop()
	}
}
