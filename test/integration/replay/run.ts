/**
 * `npm run test:replay -- --tables 500 --seed 7`: the election of 2024 through real parts. Kiosks sign and send by their
 * uplinks, mosquitto carries as it is set up for a campaign, the centre receives, the kiosks verify its receipts;
 * meanwhile the broker is restarted and the centre is killed. What stations typed comes by a stick, a thief's entries are
 * disowned, the tally adds up to the published results. Then a kiosk, and after it a station, contradicts every table:
 * it is named, and one revocation restores every sum.
 */
import { createReadStream } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { formatRegister, parseRegister } from '#src/acta/register/canonical.js'
import { FollowedDevices } from '#src/audit/followed-devices.js'
import { parseJws } from '#src/evidence/jws.js'
import { jsonLine } from '#src/platform/printable.js'
import { LedgerRecords } from '#src/records/ledger-records.js'
import { Random } from '#src/simulator/random.js'
import { publishedFigures } from '#src/tally/figures.js'
import { RecordTally } from '#src/tally/record-tally.js'
import type { Tally } from '#src/tally/tally.js'
import { withoutMosquitto } from '../../support/mosquitto.ts'
import { memoryOf } from '../../support/processes.ts'
import { gotten } from '../../support/result.ts'
import { EnvironmentFailed, runSuite, seed, wholeNumber } from '../../support/suite-script.ts'
import { Contradictions } from './contradictions.ts'
import { Country } from './country.ts'
import type { Expected } from './expected.ts'
import { KioskFleet } from './kiosk-fleet.ts'
import { areResults, differencesOf } from './outcome.ts'
import { ReadingStation } from './reading-stations.ts'
import { resultsOf2024 } from './results.ts'
import { writeScript } from './script.ts'
import { WatchedBoard } from './watched-board.ts'

/** Processes for the kiosks: this machine has broker and centre to run beside them. */
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
		const devices = Math.max(8, Math.min(values.devices, Math.ceil(rows.length / 40)))
		const script = writeScript({ rows, election, devices, seed: values.seed })
		const { register, expected } = script
		say(`${rows.length} actas, a register of ${register.length} tables, ${devices} kiosks`)

		const country = await Country.found(folder, { kiosks: devices, stations: script.stations + 1 })
		atEnd(() => country.end())
		const { directory } = country
		await writeFile(join(directory, 'register.csv'), formatRegister(register))
		await country.startCentre()
		const fleet = new KioskFleet(
			Array.from({ length: kioskProcesses }, (_, part) => {
				const kiosks = country.kiosks.map((member, index) => ({ member, steps: script.devices[index] ?? [] }))
				const { url, centre } = country
				const own = kiosks.filter((_, index) => index % kioskProcesses === part)
				const isImpatient = rows.length < 10_000
				return { url, centre, isImpatient, folder: join(folder, `kiosks-${part}`), kiosks: own }
			}),
		)
		atEnd(() => fleet.stop())
		say('everybody is enrolled; the kiosks sign')
		await fleet.signed()
		const entries = fleet.ids.length

		const board = await WatchedBoard.open(directory)
		atEnd(() => board.stop())
		say(`${entries} entries are signed`)
		fleet.begin()
		await fleet.complete()
		say('each kiosk has a receipt; all is sent')
		const sent = entries - 2 * devices
		const begun = performance.now()
		fleet.record(0.6)
		await fleet.received(0.2)
		say('the broker is restarted')
		await country.broker.down()
		await country.broker.up()
		await fleet.received(0.35)
		say('the centre is killed')
		await country.central.stop('SIGKILL')
		const restartInRun = await country.startCentre()
		await fleet.received(0.5)
		const [half, halfAt] = [0.5 * entries, performance.now()]
		fleet.record(1)
		await fleet.received(0.9)
		const undisturbed = (0.9 * entries - half) / ((performance.now() - halfAt) / 1_000)
		await fleet.received(1)
		const sending = (performance.now() - begun) / 1_000
		await fleet.complete()
		const complete = (performance.now() - begun) / 1_000
		say(`all receipts are verified: ${(sent / sending).toFixed(0)} entries a second`)
		const memory = {
			broker: Math.round((await memoryOf(country.broker.pid))?.peak ?? 0),
			centre: Math.round((await memoryOf(country.central.pid))?.peak ?? 0),
			kiosks: await fleet.memory(),
			board: await board.memory(),
		}
		const ledger = join(directory, 'ledger.jws')
		const held = await entriesOf(ledger)
		const lost = fleet.ids.filter((id) => !held.has(id)).length
		const twice = [...held.values()].filter((times) => times > 1).length

		// What people read, and who is disowned.
		const stations = country.stations.map((member) => new ReadingStation(member))
		const stick = join(folder, 'stick')
		await mkdir(stick)
		for (const [index, station] of stations.slice(0, script.stations).entries()) {
			const own = script.answers.filter(({ station: by }) => by === index)
			await station.read(own.map(({ label, read }) => ({ of: fleet.entry(label), read })))
			await station.carry(stick)
		}
		await country.importStick(stick)
		const thief = country.kiosks[script.stolen.device]
		if (thief === undefined) throw new Error('no thief')
		// Its first entry is its start.
		await country.revoke(thief, script.stolen.last + 1)

		const wrong: string[] = []
		/** From when the tally is right to when the board shows the same, each time. */
		const boardSeconds: number[] = []
		const following = new RecordTally({
			records: new LedgerRecords(directory),
			signers: new FollowedDevices(directory),
			election,
			register: gotten(parseRegister(await readFile(join(directory, 'register.csv')), election)),
		})
		const look = async (when: string, should: Expected): Promise<Tally> => {
			const { tally, leftOut } = gotten(await following.update())
			const differences = differencesOf(should, { tally, register, election })
			if (leftOut > 0) differences.push(`${leftOut} lines left out`)
			const shownAfter = await board.shows(tally.figures())
			if (shownAfter === null) differences.push('the board does not show it')
			boardSeconds.push(shownAfter ?? Number.NaN)
			wrong.push(...differences.map((difference) => `${when}: ${difference}`))
			say(`${when}: ${differences.length === 0 ? 'as scripted' : differences.join('\n  ')}`)
			return tally
		}
		const tally = await look('all of it', expected)
		const sumsEqual = areResults(tally, rows, election)
		const figures = tally.figures()
		if (jsonLine(await country.tally()) !== jsonLine(publishedFigures(figures))) {
			wrong.push('testigo tally gives other figures')
		}
		if (figures.contradicting.length > 0) wrong.push('somebody is listed who contradicts nobody')
		if (!sumsEqual) wrong.push('the sums are not those of the results file')

		const contradictions = new Contradictions({ script, rows, election, country, fleet, board, look, stick })
		const byKiosk = await contradictions.byKiosk()
		const [, , liar] = stations
		if (liar === undefined) throw new Error('no station is left')
		const byStation = await contradictions.byStation(liar)
		wrong.push(...byKiosk.wrong, ...byStation.wrong)

		await country.central.stop()
		const restart = await country.startCentre()
		const { tables } = figures
		return {
			right: wrong.length === 0 && lost === 0 && twice === 0,
			result: {
				tables: rows.length,
				counted: tables.counted.tables,
				confirmed: figures.confirmed.tables,
				conflicts: tables.conflict.tables,
				unread: tables.unread.tables,
				unreadPapers: figures.unreadPapers,
				quarantine: tables.quarantine.tables,
				void: tables.void.tables,
				missing: tables.missing.tables,
				...{ lost, twice, sumsEqual },
				...{ registered: register.length, unlisted: figures.unlisted, devices, entries },
				centres: new Set(rows.map(({ centro }) => centro)).size,
				sums: figures.sums.all,
				receipts: await fleet.log(),
				entriesPerSecond: { whole: Math.round(sent / sending), undisturbed: Math.round(undisturbed) },
				sendingSeconds: { entries: sending, pictures: complete },
				boardSeconds,
				megabytes: { ...memory, ledger: Math.round((await stat(ledger)).size / 2 ** 20) },
				restartSeconds: { afterKill: restartInRun, atTheEnd: restart },
				contradicted: { byKiosk: byKiosk.told, byStation: byStation.told },
				wrong,
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
