/**
 * Days of scans in minutes: the kiosk's real session, recorder, journal and receipts on real files, with a
 * simulated clock, simulated hands, and readings ready-made. Left out is what has tests and figures of its own:
 * decoding pictures (`bench/reading`, `bench/memory.ts`), the folder that is watched, the display. The last line
 * is JSON; the status is 1 when a scan ended otherwise than it must, when memory grew, or when a start was slow.
 */
import { join } from 'node:path'
import { auditJournal } from '#src/audit/journal-audit.js'
import { runSuite, wholeNumber } from '../../support/suite-script.ts'
import { KioskDays } from './kiosk-days.ts'
import { faultsIn, residentOf, type Start, Watch } from './watch.ts'

/** Scans of a day: a volunteer lays down one every twenty seconds for eleven hours. */
const scansPerDay = 2_000

await runSuite({
	name: 'soak',
	options: { scans: wholeNumber(100_000, 100_000_000) },
	async run({ values: { scans }, folder, say }) {
		const watch = new Watch()
		const days = new KioskDays(folder)
		const starts: Start[] = []
		say(`${scans} scans on ${folder}`)
		for (let done = 0; done < scans; ) {
			starts.push(await days.start())
			const today = Math.min(scans, done + scansPerDay)
			while (done < today) {
				await days.scan()
				done++
				if (done % 1_000 !== 0 && done !== scans) continue
				const { resident, live } = await watch.look(done, days.entries)
				const memory = `resident ${resident.toFixed(1)} MB, live ${live.toFixed(1)} MB`
				say(`${done} scans, ${days.entries} entries: ${memory}`)
			}
			await days.end()
		}
		starts.push(await days.start())
		await days.end()
		say('auditing')
		const audit = await auditJournal(join(folder, 'journal'))
		const whole = audit.ok && audit.value.faultCount === 0 && audit.value.byKind['acta'] === days.actas
		const faults = [...faultsIn(watch.samples, starts), ...days.faults]
		if (!whole) faults.push(`the journal is not what was scanned: ${JSON.stringify(audit)}`)
		for (const { entries, milliseconds, processor } of starts) {
			say(
				`start with ${entries} entries: ${milliseconds.toFixed(0)} ms, ${processor.toFixed(0)} of processor`,
			)
		}
		for (const fault of faults) say(`FAULT: ${fault}`)
		const result = {
			...{ scans, ...days.count, days: starts.length - 1 },
			residentMb: residentOf(watch.samples),
			bytesPerEntry: watch.bytesPerEntry(),
			byKind: audit.ok ? audit.value.byKind : null,
			starts: starts.map(({ entries, processor }) => [entries, Math.round(processor)]),
			faults,
		}
		return { result, right: faults.length === 0 }
	},
})
