/**
 * Resident memory of the processes as they ship, while photographs of 12 MP go the whole way, and of an uplink
 * with a long journal.
 */
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { someCustodian } from '../support/custodian.ts'
import { type Memory, memoryOf, shippedEnvironment } from '../support/processes.ts'
import { type StationSettings, Stations } from '../support/stations.ts'
import { type BrokerProcess, startBroker } from './broker-process.ts'
import type { Bench } from './part.ts'
import type { Taken } from './photographs.ts'
import { writeJournal } from './signed-entries.ts'
import type { Cell, Table } from './table.ts'

export async function benchMemory(bench: Bench): Promise<Table[]> {
	const { directory, short, photographs, cgroup, say } = bench
	const count = short ? 6 : 40
	say(`taking ${count} photographs of 12 MP`)
	const taken: Taken[] = []
	for (let index = 0; index < count; index++)
		taken.push(await photographs.take(12, index % 2 === 0 ? 0 : 1, index))

	const rows: Cell[][] = []
	for (const [name, settings] of await settingsOf(short, cgroup)) {
		say(`${count} photographs the whole way, ${name}`)
		const folder = join(directory, name.replaceAll(/\W+/g, '-'))
		await mkdir(folder)
		const broker = await startBroker()
		try {
			rows.push(...(await wholeWay(folder, broker, taken, name, settings)))
		} finally {
			await broker.stop()
		}
	}
	return [
		{
			title: `Resident memory while ${count} photographs of 12 MP go the whole way, MB (2^20 bytes)`,
			columns: ['', 'at rest before', 'peak', 'at rest after', 'aim'],
			rows,
			notes: [
				'The kiosk seals its images, as in production.',
				'VmRSS and VmHWM of /proc/PID/status: shared pages of Node and its libraries are counted in each.',
			],
		},
		await longJournal(bench),
	]
}

async function settingsOf(
	short: boolean,
	cgroup: string | undefined,
): Promise<(readonly [string, StationSettings])[]> {
	const shipped = { env: await shippedEnvironment() }
	if (cgroup !== undefined) return [['in the control group', { ...shipped, cgroup }]]
	const usual = ['as the command `testigo`', shipped] as const
	const bare = ['as `node testigo.js`', {}] as const
	return short ? [usual] : [usual, bare]
}

async function wholeWay(
	directory: string,
	broker: BrokerProcess,
	taken: readonly Taken[],
	name: string,
	settings: StationSettings,
): Promise<Cell[][]> {
	const config = join(directory, 'settings.json')
	await writeFile(config, JSON.stringify({ custodians: [someCustodian] }))
	const kioskWords = ['--config', config, '--unread', 'record']
	const stations = new Stations(directory, { ...settings, broker, kiosk: kioskWords })
	await stations.enrol()
	try {
		const central = await stations.startHeard('central', 'connected')
		const kiosk = await stations.startHeard('kiosk', 'started')
		const uplink = await stations.startHeard('uplink', 'connected')
		const pids = { kiosk: kiosk.pid, uplink: uplink.pid, centre: central.pid, [broker.name]: broker.pid }
		// The start's own garbage is not what a kiosk at rest holds.
		await after(3_000)
		const before = await memories(pids)

		// One entry more than photographs: that of the start.
		const complete = uplink.heard((event) => event['complete'] === taken.length + 1)
		complete.catch(() => {})
		for (const [index, { path }] of taken.entries()) {
			const name = `${String(index).padStart(3, '0')}.jpg`
			await copyFile(path, join(stations.inbox, `.${name}`))
			await rename(join(stations.inbox, `.${name}`), join(stations.inbox, name))
		}
		// A kiosk that a limit ends has nothing more to send, and its uplink would wait for it for ever.
		await Promise.race([complete, kiosk.heard(() => false)])
		await after(3_000)
		const last = await memories(pids)
		return Object.keys(pids).map((process) => [
			`${process}, ${name}`,
			before[process]?.now ?? null,
			last[process]?.peak ?? null,
			last[process]?.now ?? null,
			aims[process] ?? null,
		])
	} finally {
		await stations.stop()
	}
}

const aims: Readonly<Record<string, string>> = { kiosk: 'peak under 260', uplink: 'peak under 90' }

async function memories(pids: Readonly<Record<string, number>>): Promise<Record<string, Memory | null>> {
	const found: Record<string, Memory | null> = {}
	for (const [name, pid] of Object.entries(pids)) found[name] = await memoryOf(pid)
	return found
}

async function longJournal({ directory, short, cgroup, say }: Bench): Promise<Table> {
	const entries = short ? 500 : 5_000
	say(`an uplink with ${entries} entries`)
	const journal = await writeJournal(join(directory, 'long-journal'), { entries, imageSize: 0 })
	const folder = join(directory, 'long')
	await mkdir(folder)
	const broker = await startBroker()
	const rows: Cell[][] = []
	try {
		for (const [name, settings] of await settingsOf(short, cgroup)) {
			const own = { ...settings, broker, journal: journal.directory }
			const stations = new Stations(join(folder, name.replaceAll(/\W+/g, '-')), own)
			await stations.enrolCentre(journal.device)
			try {
				const central = await stations.startHeard('central', 'connected')
				await stations.start('uplink')
				const uplink = stations.process('uplink')
				await uplink.heard(({ received }) => received === entries)
				for (const [process, { pid }] of Object.entries({ uplink, centre: central })) {
					const memory = await memoryOf(pid)
					rows.push([`${process}, ${name}`, memory?.peak ?? null, aims[process] ?? null])
				}
			} finally {
				await stations.stop()
			}
		}
	} finally {
		await broker.stop()
	}
	return {
		title: `Resident memory while a journal of ${entries} entries goes to the centre at once, MB`,
		columns: ['', 'peak', 'aim'],
		rows,
	}
}
