/**
 * `npm run test:flood`: honest devices through the broker as shipped to the centre as it ships, while one enrolled
 * device floods with each kind in turn; before each, without it. The times are told and decide nothing, since they are the
 * machine's too; exit status 1 where a picture does not become whole beside it, or memory, disk or log grow beyond their
 * bounds.
 */
import { readFile, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { Forked } from '../../bench/forked.ts'
import { type Table, textOf } from '../../bench/table.ts'
import { withoutMosquitto } from '../../support/mosquitto.ts'
import { execute, memoryOf, processorTimeOf, RunningProcess } from '../../support/processes.ts'
import { EnvironmentFailed, oneOf, runSuite, wholeNumber, words } from '../../support/suite-script.ts'
import type { FloodingDeviceTask, FromFloodingDevice, ToFloodingDevice } from './flooding-device.ts'
import type { FromHonest, HonestTask } from './honest-process.ts'
import { type FloodKind, isKind, kinds } from './kinds.ts'
import { furnish, takePriority } from './place.ts'

/** What a flood may take, beside what the honest devices send. */
const mostMegabytes = { broker: 200, centre: 512, disk: 20 }
const mostLines = 2_000

interface Measured {
	readonly p50: number
	readonly p99: number
	readonly receipts: number
	readonly pictures: number
	readonly again: number
	readonly unanswered: number
}

await runSuite({
	name: 'flood',
	options: {
		/** Seconds of each measurement. */
		seconds: wholeNumber(30, 3600),
		devices: wholeNumber(8, 100),
		/** Milliseconds between two entries of a device. */
		every: wholeNumber(200, 60_000),
		/** Mbit/s of the flooding device's line; 0 for all that the loopback takes. */
		line: { type: 'string', read: (_, given) => Number(given ?? 100) },
		qos: oneOf('1', '0'),
		/** Separated by commas. */
		kinds: words(kinds.join()),
	},
	async run({ values, folder, say, atEnd }) {
		if (withoutMosquitto !== null) throw new EnvironmentFailed(withoutMosquitto)
		const wanted = values.kinds.split(',').filter(isKind)
		const qos = values.qos === '0' ? 0 : 1
		const place = await furnish(folder, values.devices)
		const flooding = await place.member('flooding')
		atEnd(() => place.broker.clear())
		const ledger = join(folder, 'central')
		const central = RunningProcess.testigo(['central', '--config', place.config], {
			log: join(folder, 'central.log'),
		})
		atEnd(() => central.stop())
		await central.until(() => central.count('connected') > 0)
		const common = { url: place.url, centre: place.centre }
		const honestTask: HonestTask = {
			...common,
			members: place.honest,
			everyMs: values.every,
			pictures: true,
		}
		const honest = new Forked<FromHonest>(new URL('./honest-process.ts', import.meta.url), honestTask)
		atEnd(() => honest.stop())
		await honest.next(60_000)
		const floodTask: FloodingDeviceTask = {
			...common,
			member: flooding,
			lineBytes: values.line === 0 ? null : values.line * 125_000,
		}
		const flood = new Forked<FromFloodingDevice>(new URL('./flooding-device.ts', import.meta.url), floodTask)
		atEnd(() => flood.stop())
		await flood.next(20_000)
		// The flooding device, which would have a processor of its own, comes right after the centre's machines.
		await takePriority(7, honest.pid)
		await takePriority(6, place.broker.pid)
		await takePriority(5, central.pid)
		await takePriority(4, flood.pid)

		const order = async (next: ToFloodingDevice): Promise<FromFloodingDevice> => {
			const answered = flood.next(30_000)
			flood.send(next)
			return await answered
		}
		const measure = async (seconds: number): Promise<Measured> => {
			const ready = honest.next()
			honest.send('begin')
			await ready
			await after(seconds * 1000)
			const done = honest.next()
			honest.send('end')
			const said = await done
			if (said.type !== 'measured') throw new Error('it was ready twice')
			const sorted = said.times.toSorted((one, other) => one - other)
			const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
			const { unanswered, pictures, again } = said
			return { p50: at(0.5), p99: at(0.99), receipts: sorted.length, unanswered, pictures, again }
		}

		const rows: Table['rows'][number][] = []
		const wrong: string[] = []
		const disk = async () => {
			const { bavail, bsize } = await statfs(folder)
			return {
				ledger: Number((await execute('du', ['-sb', ledger])).stdout.split('\t')[0]) / 2 ** 20,
				free: bavail * bsize,
			}
		}
		await order({ kind: 'none', qos })
		await measure(5)
		for (const kind of wanted) {
			const before = await measure(values.seconds)
			const times = {
				broker: await processorTimeOf(place.broker.pid),
				centre: await processorTimeOf(central.pid),
			}
			const filled = await disk()
			await order({ kind, qos })
			const beside = await measure(values.seconds)
			const sent = await order({ kind: 'none', qos })
			const share = async (pid: number, from: number | null) =>
				(((await processorTimeOf(pid)) ?? 0) - (from ?? 0)) / (1000 * sent.seconds)
			const used = [await share(place.broker.pid, times.broker), await share(central.pid, times.centre)]
			// What the broker dropped of the others is sent again.
			await after(2_000)
			const memory = { broker: await memoryOf(place.broker.pid), centre: await memoryOf(central.pid) }
			const grown = (await disk()).ledger - filled.ledger
			rows.push(row(kind, before, beside))
			rows.push([
				'',
				`${(sent.messages / sent.seconds).toFixed(0)}/s`,
				`cpu ${used.map((part) => part.toFixed(2)).join(' ')}`,
				`MB ${memory.broker?.peak.toFixed(0)} ${memory.centre?.peak.toFixed(0)}`,
				`disk +${grown.toFixed(1)} MB`,
				'',
				'',
				'',
				'',
			])
			say(
				rows
					.slice(-2)
					.map((cells) => cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(2) : cell)).join('  '))
					.join('\n'),
			)
			if (beside.pictures < values.devices)
				wrong.push(`${kind}: ${beside.pictures} pictures of ${values.devices}`)
			if ((memory.broker?.peak ?? 0) > mostMegabytes.broker) wrong.push(`${kind}: memory of the broker`)
			if ((memory.centre?.peak ?? 0) > mostMegabytes.centre) wrong.push(`${kind}: memory of the centre`)
			if (grown > mostMegabytes.disk + 1.2 * values.devices)
				wrong.push(`${kind}: ${grown.toFixed(0)} MB on the disk`)
		}
		const lines = (await readFile(join(folder, 'central.log'), 'utf8')).split('\n').length
		process.stderr.write(
			`${textOf({ title: 'flood', columns: ['', 'p50', 'p99', 'p50 beside', 'p99 beside', 'r50', 'r99', 'again', 'pictures'], rows })}\n`,
		)
		if (lines > mostLines) wrong.push(`${lines} lines of the log`)
		return { result: { wrong, logLines: lines }, right: wrong.length === 0 }
	},
})

function row(kind: FloodKind, usual: Measured, beside: Measured): Table['rows'][number] {
	return [
		kind,
		usual.p50,
		usual.p99,
		beside.p50,
		beside.p99,
		beside.p50 / usual.p50,
		beside.p99 / usual.p99,
		`${beside.again}/${beside.receipts}`,
		`${beside.pictures}`,
	]
}
