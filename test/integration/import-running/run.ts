/**
 * `npm run test:import`: a stick is imported while honest devices record at a steady rate through the broker as shipped,
 * to the centre as it ships; after each import as long without. Exit status 1 where one entry or picture of the stick or
 * of a device is not at the centre in the end, or one twice; and, unless `--times reported`, where receipts beside an
 * import come more than twice as late as usual (the half of them, 99 of 100, and the latest of all).
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { Forked } from '../../bench/forked.ts'
import { writeJournal } from '../../bench/signed-entries.ts'
import { textOf } from '../../bench/table.ts'
import { withoutMosquitto } from '../../support/mosquitto.ts'
import { processorTimeOf, RunningProcess, testigoCommand } from '../../support/processes.ts'
import { gotten } from '../../support/result.ts'
import { EnvironmentFailed, oneOf, runSuite, wholeNumber } from '../../support/suite-script.ts'
import { until } from '../../support/until.ts'
import type { FromHonest, HonestTask } from '../flood/honest-process.ts'
import { furnish, takePriority } from '../flood/place.ts'

/** Times as late as usual that a receipt may be. */
const mostFactor = 2
/** Bytes of a picture. */
const pictureBytes = 260_000
/** A stick has a file system of its own: an import has all of that synced, which on the ledger's would hold this up. */
const inMemory = '/dev/shm'

await runSuite({
	name: 'import-running',
	options: {
		/** Entries a second, of all devices. */
		rate: wholeNumber(200, 2_000),
		devices: wholeNumber(20, 200),
		/** Sticks, each imported by itself; and what is on each. */
		sticks: wholeNumber(3, 20),
		entries: wholeNumber(20_000, 200_000),
		pictures: wholeNumber(500, 10_000),
		/** Whether late receipts make it fail, or are only reported: the times are the machine's too. */
		times: oneOf('checked', 'reported'),
	},
	async run({ values, folder, say, atEnd }) {
		if (withoutMosquitto !== null) throw new EnvironmentFailed(withoutMosquitto)
		const { rate, devices, sticks, entries, pictures } = values
		const place = await furnish(folder, devices)
		atEnd(() => place.broker.clear())
		const paths: string[] = []
		const elsewhere = await mkdtemp(join(inMemory, 'testigo-sticks-'))
		atEnd(() => rm(elsewhere, { recursive: true, force: true }))
		for (let number = 1; number <= sticks; number++) {
			const path = join(elsewhere, `stick-${number}`)
			await writeStick(path, `k-stick-${number}`, { entries, pictures, known: place.directory })
			paths.push(path)
		}
		const central = RunningProcess.testigo(['central', '--config', place.config], {
			log: join(folder, 'central.log'),
		})
		atEnd(() => central.stop())
		await central.until(() => central.count('connected') > 0)
		const task: HonestTask = {
			...{ url: place.url, centre: place.centre, members: place.honest, pictures: false },
			everyMs: (1000 * devices) / rate,
		}
		const honest = new Forked<FromHonest>(new URL('../flood/honest-process.ts', import.meta.url), task)
		atEnd(() => honest.stop())
		await honest.next(60_000)
		// The devices are other machines, and come first. Nothing else is put before others of this machine: the kernel's
		// own workers, which end each sync, would wait for a processor behind an import that begins.
		await takePriority(7, honest.pid)

		const measure = async (work: () => Promise<unknown>): Promise<readonly number[]> => {
			const ready = honest.next()
			honest.send('begin')
			await ready
			await work()
			const done = honest.next()
			honest.send('end')
			const said = await done
			if (said.type !== 'measured') throw new Error('it was ready twice')
			return said.times
		}
		const wrong: string[] = []
		const usual: number[] = []
		const beside: number[] = []
		const imports: { seconds: number; cpu: number }[] = []
		await measure(() => after(3_000))
		for (const path of paths) {
			const began = performance.now()
			const cpuBefore = (await processorTimeOf(central.pid)) ?? 0
			let status: number | null = null
			const log = join(folder, `${basename(path)}.json`)
			const besideThis = await measure(async () => {
				const bearer = new RunningProcess(
					testigoCommand('import', path, '--config', place.config, '--json'),
					{ log },
				)
				await until(() => bearer.ended, { timeoutMs: 600_000 })
				status = bearer.status
			})
			const seconds = (performance.now() - began) / 1000
			const cpu = (((await processorTimeOf(central.pid)) ?? 0) - cpuBefore) / (1000 * seconds)
			if (status !== 0) wrong.push(`${path}: exit status ${status}: ${await readFile(log, 'utf8')}`)
			const usualNow = await measure(() => after(1000 * seconds))
			beside.push(...besideThis)
			usual.push(...usualNow)
			imports.push({ seconds, cpu })
			say(
				`${entries} entries and ${pictures} pictures in ${seconds.toFixed(1)} s, the centre at ${cpu.toFixed(2)} of a core; beside: ${words(of(besideThis))}; without: ${words(of(usualNow))}`,
			)
		}
		await honest.stop()
		await after(1_000)
		await central.stop()
		const figures = { usual: of(usual), beside: of(beside) }
		for (const name of ['p50', 'p99', 'worst'] as const) {
			const factor = figures.beside[name] / figures.usual[name]
			if (factor > mostFactor && values.times === 'checked')
				wrong.push(`${name} of the receipts: ${factor.toFixed(1)} times the usual`)
		}
		wrong.push(...(await faultsOf(place.directory, { sticks, entries, pictures })))
		const rows = [
			['without', ...Object.values(figures.usual)],
			['beside an import', ...Object.values(figures.beside)],
		]
		process.stderr.write(
			`${textOf({ title: 'milliseconds from publishing to the verified receipt', columns: ['', 'p50', 'p99', 'worst', 'receipts'], rows })}\n`,
		)
		return { result: { wrong, ...figures, imports }, right: wrong.length === 0 }
	},
})

interface OnStick {
	readonly entries: number
	readonly pictures: number
}

/** As `testigo export` leaves it: a device's folder is laid out as its journal. */
async function writeStick(
	path: string,
	device: string,
	{ entries, pictures, known }: OnStick & { readonly known: string },
): Promise<void> {
	const at = join(path, 'testigo', device)
	await mkdir(at, { recursive: true })
	await writeJournal(at, { entries, pictures, imageSize: pictureBytes, device })
	await writeFile(join(known, 'devices', `${device}.pem`), await readFile(join(at, 'device.pem')))
}

function of(times: readonly number[]) {
	const sorted = times.toSorted((one, other) => one - other)
	const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
	return { p50: at(0.5), p99: at(0.99), worst: at(1), receipts: sorted.length }
}

function words({ p50, p99, worst, receipts }: ReturnType<typeof of>): string {
	return `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, worst ${worst.toFixed(1)} ms of ${receipts}`
}

/** What the ledger lacks or has twice. */
async function faultsOf(
	directory: string,
	{ sticks, entries, pictures }: OnStick & { readonly sticks: number },
): Promise<string[]> {
	const audit = gotten(await auditLedger(directory))
	const wrong = audit.faults.map(({ code, detail }) => `the ledger: ${code}: ${detail}`)
	const lines = (await readFile(join(directory, 'ledger.jws'), 'latin1')).split('\n')
	if (new Set(lines).size !== lines.length) wrong.push('the ledger: a line stands twice')
	if (audit.images?.present !== sticks * pictures) wrong.push(`${audit.images?.present} pictures`)
	for (const { device, entries: held } of audit.devices) {
		if (device.startsWith('k-stick-') && held !== entries) wrong.push(`${device}: ${held} entries`)
	}
	return wrong
}
