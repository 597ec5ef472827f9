/** How long a board holds its event loop: over a country of tables with a whole ledger, in this process. */
import { createPublicKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { systemClock } from '#src/platform/clock.js'
import { FilledCentre } from '../integration/board/filled-centre.ts'
import { actaText } from '../support/journal-maker.ts'
import { Authority } from '../support/listed.ts'
import { startedBoard } from '../support/started-board.ts'
import { until } from '../support/until.ts'
import { delaysDuring } from './loop-delay.ts'
import type { Bench } from './part.ts'
import type { Cell, Table } from './table.ts'

export async function benchBoard({ directory, short, say }: Bench): Promise<Table[]> {
	const tables = short ? 2_000 : 30_000
	const [many, seconds] = [Math.floor(tables / 3), short ? 2 : 10]
	const folder = join(directory, 'central')
	await mkdir(folder, { recursive: true })
	const centre = new FilledCentre(folder, tables, 200)
	const authority = new Authority()
	say(`${tables} tables, and a device that contradicts ${many} of them`)
	while (centre.came < tables) await centre.next()
	for (let at = 0; at < many; at++) await centre.maker.acta('k-contradicts', actaText(at, [1, at % 300]))
	centre.statuses(Date.now(), 1)
	const listed = { devices: await devicesIn(folder) }
	const sign = (...revoked: { device: string; last: number }[]) => authority.publish(folder, listed, revoked)
	/** Where the centre keeps what it took in. */
	const publish = () => copyFile(join(folder, 'devices', 'registry.jws'), join(folder, 'registry.jws'))
	await sign()
	await publish()

	const rows: Cell[][] = []
	const measured = async (name: string, work: () => Promise<unknown>) => {
		say(name)
		rows.push([name, ...(await delaysDuring(work))])
	}
	let started = null as Awaited<ReturnType<typeof startedBoard>> | null
	await measured('a start', async () => {
		started = await startedBoard(folder, { clock: systemClock })
	})
	if (started === null) throw new Error('no board')
	const { board } = started
	const shows = (conflicts: number) =>
		until(() => board.view.figures.tables.conflict.tables === conflicts, { timeoutMs: 120_000 })
	try {
		await shows(many)
		await measured('nothing to do', () => after(1_000 * seconds))
		await measured('50 entries a second', async () => {
			for (let ten = 0; ten < 10 * seconds; ten++) {
				for (let one = 0; one < 5; one++) await centre.next(Date.now())
				await after(100)
			}
		})
		await sign({ device: 'k-contradicts', last: 0 })
		await measured(`${many} tables change at once`, async () => {
			await publish()
			await shows(0)
		})
		const register = join(folder, 'register.csv')
		const text = await readFile(register, 'utf8')
		await measured('another register', async () => {
			writeFileSync(register, text.split('\n').slice(0, -2).concat('').join('\n'))
			await until(() => board.view.figures.register?.tables === tables - 1, { timeoutMs: 300_000 })
		})
	} finally {
		await board.stop()
	}
	return [
		{
			title: `A board over ${tables} tables: how late a timer of 1 ms comes, milliseconds`,
			columns: ['', 'mean', 'p99', 'longest', 'longest at work'],
			rows,
			notes: [
				'At work: the most processor time that the thread itself took between two turns of a timer of 1 ms.',
				'Who makes the entries signs them in the same thread.',
			],
		},
	]
}

async function devicesIn(folder: string) {
	const names = (await readdir(join(folder, 'devices'))).filter((name) => name.endsWith('.pem'))
	return await Promise.all(
		names.map(async (name) => ({
			id: basename(name, '.pem'),
			publicKey: createPublicKey(await readFile(join(folder, 'devices', name))),
		})),
	)
}
