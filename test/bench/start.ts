/**
 * A start, by the length of the journal: opening it within this process, and the kiosk's process as it ships
 * from its spawning until it can scan. Without a mark every signature is verified; with one those behind it.
 */
import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeIdentity, openIdentity } from '#src/enrolment/device-identity.js'
import { entriesFile, Journal } from '#src/journal/journal.js'
import { processorTimeOf, RunningProcess } from '../support/processes.ts'
import { gotten } from '../support/result.ts'
import type { Bench } from './part.ts'
import { appendEntries, SignedEntries } from './signed-entries.ts'
import { type Cell, spreadOf, type Table } from './table.ts'

export async function benchStart({ directory, short, say }: Bench): Promise<Table[]> {
	const identity = join(directory, 'identity')
	gotten(await makeIdentity(identity, 'device', randomBytes))
	const entries = new SignedEntries(gotten(await openIdentity(identity)).signer)
	const written = join(directory, 'written.jws')
	const rows: Cell[][] = []
	let length = 0
	for (const size of short ? [100, 2_000] : [100, 10_000, 20_000, 30_000]) {
		say(`${size} entries`)
		await appendEntries(written, entries, size - length)
		length = size
		const opening: Spent[][] = [[], []]
		const scanning: Spent[][] = [[], []]
		for (let time = 0; time < (short ? 1 : 5); time++) {
			const journal = join(directory, 'journal')
			await mkdir(journal)
			await copyFile(written, join(journal, entriesFile))
			for (const spent of opening) spent.push(await timeOpening(journal, entries))
			await rm(join(journal, 'verified.json'), { force: true })
			for (const spent of scanning) spent.push(await timeUntilScanning(directory, journal))
			await rm(journal, { recursive: true })
			// The same key begins anew, which in the field it never may.
			await rm(join(directory, 'signed'), { recursive: true, force: true })
		}
		rows.push([size, ...[...opening, ...scanning].flatMap(mediansOf)])
	}
	return [
		{
			title: 'A start, seconds, median of five',
			columns: [
				'entries',
				...['open, no mark', 'processor', 'open, marked', 'processor'],
				...['process to scanning, no mark', 'processor', 'marked', 'processor'],
			],
			rows,
			notes: [
				'A mark is kept from 1,000 entries on. Aim: below 2 s with 30,000 entries.',
				'Processor: seconds of it, all threads; on a machine with other work the better figure.',
			],
		},
	]
}

/** Milliseconds, by the clock and of the processor. */
interface Spent {
	readonly elapsed: number
	readonly processor: number
}

function mediansOf(spent: readonly Spent[]): [number, number] {
	const seconds = (ms: readonly number[]) => spreadOf(ms).median / 1000
	return [seconds(spent.map(({ elapsed }) => elapsed)), seconds(spent.map(({ processor }) => processor))]
}

async function timeOpening(directory: string, { device }: SignedEntries): Promise<Spent> {
	const before = process.cpuUsage()
	const begun = performance.now()
	const opened = await Journal.open(directory, device)
	const elapsed = performance.now() - begun
	const { user, system } = process.cpuUsage(before)
	await gotten(opened).close()
	return { elapsed, processor: (user + system) / 1000 }
}

async function timeUntilScanning(directory: string, journal: string): Promise<Spent> {
	const inbox = join(directory, 'inbox')
	await mkdir(inbox, { recursive: true })
	const begun = performance.now()
	const kiosk = RunningProcess.testigo([
		...['kiosk', '--identity', join(directory, 'identity'), '--journal', journal, '--inbox', inbox],
		...['--state', join(directory, 'kiosk.json'), '--uplink', join(directory, 'uplink'), '--panel', 'none'],
	])
	try {
		const elapsed = (await kiosk.heard(({ event }) => event === 'started')) - begun
		return { elapsed, processor: (await processorTimeOf(kiosk.pid)) ?? Number.NaN }
	} finally {
		await kiosk.stop()
	}
}
