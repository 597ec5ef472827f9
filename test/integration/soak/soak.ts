/**
 * Days of scans in minutes: the kiosk's real session, recorder, journal and receipts on real files, with a
 * simulated clock, simulated hands, and readings ready-made. Left out is what has tests and figures of its own:
 * decoding pictures (`bench/reading`, `bench/memory.ts`), the folder that is watched, the display. The last line
 * is JSON; the status is 1 when a scan ended otherwise than it must, when memory grew, or when a start was slow.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { auditJournal } from '#src/audit/journal-audit.js'
import { KioskDays } from './kiosk-days.ts'
import { judge, residentOf, type Start, Watch } from './watch.ts'

const { values } = parseArgs({
	options: {
		scans: { type: 'string', default: '100000' },
		directory: { type: 'string', default: tmpdir() },
	},
})
const scans = Number(values.scans)
if (!Number.isInteger(scans) || scans < 1) throw new Error('--scans takes a whole number over 0')

/** Scans of a day: a volunteer lays down one every twenty seconds for eleven hours. */
const scansPerDay = 2_000

const directory = await mkdtemp(join(values.directory, 'testigo-soak-'))
const begun = performance.now()
try {
	const watch = new Watch()
	const days = new KioskDays(directory)
	const starts: Start[] = []
	const say = (line: string) => process.stdout.write(`${line}\n`)
	say(`${scans} scans on ${directory}`)
	for (let done = 0; done < scans; ) {
		starts.push(await days.start())
		const today = Math.min(scans, done + scansPerDay)
		while (done < today) {
			await days.scan()
			done++
			if (done % 1_000 !== 0 && done !== scans) continue
			const sample = await watch.look(done, days.entries)
			say(
				`${done} scans, ${days.entries} entries: resident ${sample.resident.toFixed(1)} MB, ` +
					`live ${sample.live.toFixed(1)} MB`,
			)
		}
		await days.end()
	}
	starts.push(await days.start())
	await days.end()
	say('auditing')
	const audit = await auditJournal(join(directory, 'journal'))
	const faults = [
		...judge(watch.samples, starts),
		...days.faults,
		...(audit.ok && audit.value.faultCount === 0 && audit.value.byKind['acta'] === days.actas
			? []
			: [`the journal is not what was scanned: ${JSON.stringify(audit)}`]),
	]
	for (const { entries, milliseconds, processor } of starts) {
		say(`start with ${entries} entries: ${milliseconds.toFixed(0)} ms, ${processor.toFixed(0)} of processor`)
	}
	for (const fault of faults) say(`FAULT: ${fault}`)
	const result = {
		scans,
		...days.count,
		days: starts.length - 1,
		seconds: Math.round((performance.now() - begun) / 1000),
		residentMb: residentOf(watch.samples),
		bytesPerEntry: watch.bytesPerEntry(),
		byKind: audit.ok ? audit.value.byKind : null,
		starts: starts.map(({ entries, processor }) => [entries, Math.round(processor)]),
		faults,
	}
	say(JSON.stringify(result))
	process.exitCode = faults.length === 0 ? 0 : 1
} finally {
	await rm(directory, { recursive: true, force: true })
}
