/**
 * What one new entry costs a tally, by how many tables there are already, each counted; what the board asks of it; and a
 * start, which reads and verifies a whole ledger.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Register, RegisteredTable } from '#src/acta/register/register.js'
import { FollowedDevices } from '#src/audit/followed-devices.js'
import type { Entry } from '#src/evidence/entry.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { LedgerRecords } from '#src/records/ledger-records.js'
import { Random } from '#src/simulator/random.js'
import { RecordTally } from '#src/tally/record-tally.js'
import { Tally } from '#src/tally/tally.js'
import { gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'
import { loopDelays, processorTime } from './loop-delay.ts'
import type { Bench } from './part.ts'
import { appendEntries, SignedEntries } from './signed-entries.ts'
import { type Cell, spreadOf, type Table } from './table.ts'

const deviceCount = 200

export async function benchTally(bench: Bench): Promise<Table[]> {
	const { short, say } = bench
	const rows: Cell[][] = []
	for (const size of short ? [10, 3_000] : [10, 30_000, 500_000]) {
		say(`${size} tables`)
		rows.push(costsAt(size, short ? 500 : 5_000))
	}
	return [
		{
			title:
				'A tally in memory, microseconds of the processor by the clock; each table counted from one entry',
			columns: [
				...['tables', 'a new entry, median', 'p95', 'national figures', "a state's", "a table's detail"],
				...['revoking 50 entries', 'sums without 50', 'longest batch of 64, ms', 'heap, MB'],
			],
			rows,
			notes: [
				'A new entry: taken in and settled, of a device that was not there, at a table drawn at random.',
				'Longest batch: of the processor, while all of them were taken in; the event loop has its turn after each.',
			],
		},
		...(await startOf(bench)),
	]
}

function costsAt(size: number, rounds: number): Cell[] {
	const random = new Random(`tables ${size}`)
	const tables = Array.from({ length: size }, (_, at) => tableAt(at))
	const register: Register = {
		tables: new Map(tables.map((row) => [row.table, row])),
		electors: tables.reduce((sum, { electors }) => sum + electors, 0),
		sha256: '0'.repeat(64),
	}
	const tally = new Tally(presidential2024, register)
	let longest = 0
	let begun = processorTime() ?? 0
	for (const [at, row] of tables.entries()) {
		give(tally, `k-${at % deviceCount}`, at + 1, row, at)
		if (at % 64 !== 63) continue
		tally.settle()
		longest = Math.max(longest, (processorTime() ?? 0) - begun)
		begun = processorTime() ?? 0
	}
	tally.settle()
	const drawn = () => tables[random.whole(0, size - 1)] ?? tableAt(0)
	let seq = 0
	const entry = measured(rounds, () => {
		seq++
		give(tally, 'k-new', seq, drawn(), seq)
		tally.settle()
	})
	const state = tables[0]?.state ?? ''
	const revoked = measured(
		Math.min(100, rounds / 5),
		(round) => {
			tally.revoke(`k-brief-${round}`, 0)
			tally.settle()
		},
		(round) => {
			for (let one = 1; one <= 50; one++) give(tally, `k-brief-${round}`, one, drawn(), one)
			tally.settle()
		},
	)
	for (let one = 1; one <= 50; one++) give(tally, 'k-without', one, drawn(), one)
	const without = measured(100, () => tally.sumsWithout('k-without'))
	const heap = process.memoryUsage().heapUsed / 2 ** 20
	return [
		...[size, entry.median, entry.p95],
		measured(200, () => tally.figures()).median,
		measured(200, () => tally.placeFigures([state])).median,
		measured(200, () => tally.table(drawn().table)).median,
		...[revoked.median, without.median, longest, heap],
	]
}

function measured(
	rounds: number,
	work: (round: number) => unknown,
	before: (round: number) => void = () => {},
) {
	const microseconds: number[] = []
	for (let round = 0; round < rounds; round++) {
		before(round)
		const begun = performance.now()
		work(round)
		microseconds.push((performance.now() - begun) * 1_000)
	}
	return spreadOf(microseconds)
}

function tableAt(at: number): RegisteredTable {
	const centre = Math.floor(at / 2)
	const [centro, mesa] = [String(100_000_000 + centre), String(1 + (at % 2)).padStart(2, '0')]
	// As many parishes, municipalities and states as the country has, each within one.
	const parish = centre % 1_140
	const municipality = parish % 335
	const places = { state: `S${municipality % 24}`, municipality: `M${municipality}`, parish: `P${parish}` }
	return { ...places, centroName: '', table: `${centro}.${mesa}`, centro, mesa, electors: 400 + (at % 500) }
}

/** Each time the same of a table, so that it stays counted. */
function give(tally: Tally, device: string, seq: number, { table }: RegisteredTable, unique: number): void {
	const code = `${table}.1.0001`
	const votes = presidential2024.cards.map((_, card) => (card * 7 + table.charCodeAt(6)) % 40)
	const sha256 = unique.toString(16).padStart(64, '0')
	const entry = {
		...{ kind: 'acta', election: presidential2024.id, device, seq },
		reading: { method: 'qr', text: `${code}!${votes.join(',')}!1!2`, code },
		images: [{ role: 'full', mediaType: 'image/jpeg', size: 260_000, sha256 }],
	} as unknown as Entry
	tally.addEntry({ id: `${device}/${seq}`.padEnd(43, '-'), entry })
}

async function startOf(bench: Bench): Promise<Table[]> {
	const { directory, short, say } = bench
	const size = short ? 1_000 : 30_000
	say(`a ledger of ${size} entries`)
	const centre = join(directory, 'centre')
	await mkdir(join(centre, 'devices'), { recursive: true })
	const entries = new SignedEntries(makeSigner('k-bench'))
	await writeFile(join(centre, 'devices', 'k-bench.pem'), publicKeyPem(entries.device.publicKey))
	await appendEntries(join(centre, 'ledger.jws'), entries, size)
	const following = () =>
		new RecordTally({
			...{ records: new LedgerRecords(centre), signers: new FollowedDevices(centre) },
			...{ election: presidential2024, register: null },
		})
	const begun = performance.now()
	const one = following()
	gotten(await one.update())
	const seconds = (performance.now() - begun) / 1_000
	await appendEntries(join(centre, 'ledger.jws'), entries, 1)
	const again = performance.now()
	gotten(await one.update())
	const more = performance.now() - again
	const work = async () => {
		gotten(await following().update())
	}
	return [
		{
			title: 'A ledger read from its file and every signature verified, one core',
			columns: ['entries', 'seconds', 'a second', 'one more entry, ms'],
			rows: [[size, seconds, size / seconds, more]],
		},
		await loopDelays('read, verified and added up', work, bench),
	]
}
