/**
 * `npm run test:replay -- --tables 500 --seed 7`: the election of 2024 through real parts. Kiosks sign and send by their
 * uplinks, mosquitto carries as it is set up for a campaign, the centre receives, its receipts are verified, the tally
 * adds up; meanwhile the broker is restarted and the centre is killed.
 */
import { createReadStream } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { formatRegister } from '#src/acta/register/canonical.js'
import { parseJws } from '#src/evidence/jws.js'
import { Random } from '#src/simulator/random.js'
import { Forked } from '../../bench/forked.ts'
import { withoutMosquitto } from '../../support/mosquitto.ts'
import { memoryOf } from '../../support/processes.ts'
import { EnvironmentFailed, runSuite, seed, wholeNumber } from '../../support/suite-script.ts'
import { Country } from './country.ts'
import type { FromKiosks, KiosksTask, Recorded } from './kiosks.ts'
import { resultsOf2024 } from './results.ts'
import { writeScript } from './script.ts'

/** Processes for the kiosks: as many as this machine has beside broker and centre, hardly more. */
const kioskProcesses = 2

await runSuite({
	name: 'replay',
	options: {
		/** Actas of the results file; invented tables come beside. */
		tables: wholeNumber(24_532, 24_532),
		devices: wholeNumber(200, 1_000),
		seed: seed('2024'),
	},
	async run({ values, folder, say, atEnd }) {
		if (withoutMosquitto !== null) throw new EnvironmentFailed(withoutMosquitto)
		const election = presidential2024
		const { rows, source } = await resultsOf2024(election, values.tables, new Random(`rows/${values.seed}`))
		if (source !== null) say(source)
		const devices = Math.max(8, Math.min(values.devices, Math.ceil(rows.length / 10)))
		const script = writeScript({ rows, election, devices, seed: values.seed })
		say(`${rows.length} actas, a register of ${script.register.length} tables, ${devices} kiosks`)

		const country = await Country.found(folder, { kiosks: devices, stations: script.stations })
		atEnd(() => country.end())
		await writeFile(join(country.directory, 'register.csv'), formatRegister(script.register))
		await country.startCentre()
		say('everybody is enrolled; the kiosks sign')

		const parts = Array.from({ length: kioskProcesses }, (_, part): KiosksTask => {
			const kiosks = country.kiosks.map((member, index) => ({ member, steps: script.devices[index] ?? [] }))
			const { url, centre } = country
			return {
				url,
				centre,
				folder: join(folder, `kiosks-${part}`),
				kiosks: kiosks.filter((_, index) => index % kioskProcesses === part),
			}
		})
		const kiosks = parts.map((task) => {
			const forked = new Forked<FromKiosks>(new URL('./kiosks-process.ts', import.meta.url), task)
			atEnd(() => forked.stop())
			return forked
		})
		const recorded = new Map<string, Recorded>()
		const ids: string[] = []
		for (const said of await Promise.all(kiosks.map((one) => one.next()))) {
			if (said.type !== 'signed') throw new Error('nothing was signed')
			for (const one of said.recorded) recorded.set(one.label, one)
			ids.push(...said.ids)
		}
		const progress = async () => {
			const all = await Promise.all(
				kiosks.map((one) => {
					const said = one.next()
					one.send('progress')
					return said
				}),
			)
			const sum = { entries: 0, received: 0, isDone: true }
			for (const one of all) {
				if (one.type !== 'progress') throw new Error('no progress')
				sum.entries += one.entries
				sum.received += one.received
				sum.isDone &&= one.isDone
			}
			return sum
		}

		say(`${ids.length} entries are signed; they are sent`)
		const begun = performance.now()
		for (const one of kiosks) one.send('begin')
		const until = async (share: number) => {
			for (;;) {
				const { received, isDone } = await progress()
				if (received >= share * ids.length && (share < 1 || isDone)) return
				await after(100)
			}
		}
		await until(0.2)
		say('the broker is restarted')
		await country.broker.down()
		await country.broker.up()
		await until(0.35)
		say('the centre is killed')
		await country.central.stop('SIGKILL')
		const restartInRun = await country.startCentre()
		await until(0.5)
		for (const one of kiosks) one.send('rest')
		await until(1)
		const sending = (performance.now() - begun) / 1_000
		const memory = {
			broker: (await memoryOf(country.broker.pid))?.peak ?? 0,
			centre: (await memoryOf(country.central.pid))?.peak ?? 0,
			kiosks: await Promise.all(kiosks.map(async ({ pid }) => (await memoryOf(pid))?.peak ?? 0)),
		}
		say(`all receipts are verified, ${(ids.length / sending).toFixed(0)} entries a second`)
		await country.central.stop()
		const restart = await country.startCentre()
		const ledger = join(country.directory, 'ledger.jws')
		const held = await entriesOf(ledger)
		const lost = ids.filter((id) => !held.has(id)).length
		const twice = [...held.values()].filter((times) => times > 1).length
		return {
			right: lost === 0 && twice === 0,
			result: {
				...{ tables: rows.length, registered: script.register.length, entries: ids.length, lost, twice },
				...{ entriesPerSecond: Math.round(ids.length / sending), sending, memory },
				ledgerMegabytes: (await stat(ledger)).size / 2 ** 20,
				...{ restartInRun, restart },
			},
		}
	},
})

/** How often each entry's id stands in the ledger. */
async function entriesOf(ledger: string): Promise<ReadonlyMap<string, number>> {
	const held = new Map<string, number>()
	for await (const line of createInterface(createReadStream(ledger))) {
		const parsed = parseJws(line, 'entry')
		if (parsed.ok) held.set(parsed.value.id, (held.get(parsed.value.id) ?? 0) + 1)
	}
	return held
}
