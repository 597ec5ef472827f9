/**
 * The board before a country of tables, while entries come: how far it is behind the ledger, what twenty viewers cost it,
 * what it holds, and whether an hour of events leaves its memory as it was. What its pages look like in a browser is
 * ../board-browser.test.ts's. The last line is JSON.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { NationalFigures } from '#src/tally/figures.js'
import { memoryOf, processorTimeOf, RunningProcess } from '../../support/processes.ts'
import { flag, oneOf, runSuite, wholeNumber } from '../../support/suite-script.ts'
import { until } from '../../support/until.ts'
import { FilledCentre } from './filled-centre.ts'
import { hourOfEvents } from './hour.ts'
import { Viewer } from './viewers.ts'

/** What is promised, in milliseconds and cores. */
const mostBehindMs = 2_000
const mostCores = 1

/** What people look at: the wall, the first page, lists. */
const pages = ['/es/', '/es/pared', '/es/llamadas', '/en/devices', '/es/disputas']

await runSuite({
	name: 'board',
	options: {
		tables: wholeNumber(30_000),
		/** Entries a second, and for how many seconds. */
		rate: wholeNumber(50, 1_000),
		seconds: wholeNumber(40, 3_600),
		viewers: wholeNumber(20, 90),
		/** Whether being late or costly makes it fail, or is only reported: the times are the machine's too. */
		times: oneOf('checked', 'reported'),
		/** Leaves out the hour. */
		'no-hour': flag,
	},
	async run({ values: { tables, rate, seconds, viewers, ...values }, folder, say, atEnd }) {
		const directory = join(folder, 'central')
		const centre = new FilledCentre(directory, tables, 200)
		const before = Math.max(0, tables - 2 * rate * seconds)
		say(`${before} of ${tables} tables came before`)
		while (centre.came < before) await centre.next()
		centre.statuses(Date.now(), 1)

		const begunMs = performance.now()
		const words = ['board', '--config', join(folder, 'board.json'), '--directory', directory, '--port', '0']
		await writeFile(join(folder, 'board.json'), '{}')
		let url = ''
		const board = RunningProcess.testigo(words, {
			hear(line) {
				url ||= /"address":"([^"]+)"/.exec(line)?.[1] ?? ''
			},
		})
		atEnd(() => board.stop('SIGKILL'))
		await until(() => url !== '', {
			timeoutMs: 300_000,
			inVain: () => board.status !== null,
			explain: () => board.said,
		})
		const startMs = Math.round(performance.now() - begunMs)
		const atStart = await memoryOf(board.pid)
		say(`${url} after ${startMs} ms with ${before} entries; ${Math.round(atStart?.now ?? 0)} MB`)

		/** When the n-th table was in the ledger. */
		const cameMs: number[] = []
		const behindMs: number[] = []
		let seen = centre.came
		// What it counts, loaded anew whenever the board says that it shows something else; each entry is of another table.
		const watch = new Viewer(url, '/figures.json', (text) => {
			const now = performance.now()
			const figures = JSON.parse(text) as Pick<NationalFigures, 'register' | 'tables'>
			const shown = (figures.register?.tables ?? 0) - figures.tables.missing.tables
			for (; seen < shown; seen++) behindMs.push(now - (cameMs[seen - before] ?? now))
		})
		await watch.start()
		const stream = async (milliseconds: number) => {
			const end = performance.now() + milliseconds
			const [cpu, count, from] = [(await processorTimeOf(board.pid)) ?? 0, centre.came, performance.now()]
			while (performance.now() < end) {
				const due = Math.floor(((performance.now() - from) * rate) / 1_000)
				while (centre.came - count < due) {
					cameMs.push(performance.now())
					await centre.next(Date.now())
				}
				await after(10)
			}
			return (((await processorTimeOf(board.pid)) ?? 0) - cpu) / (performance.now() - from)
		}
		say(`${rate} entries a second, one viewer`)
		const coresAlone = await stream((1_000 * seconds) / 2)
		say(`the same, ${viewers} viewers`)
		const all = Array.from(
			{ length: viewers },
			(_, index) => new Viewer(url, pages[index % pages.length] ?? '/es/'),
		)
		atEnd(() => {
			for (const viewer of [watch, ...all]) viewer.stop()
		})
		for (const viewer of all) await viewer.start()
		const coresLooked = await stream((1_000 * seconds) / 2)
		await until(() => seen === centre.came, { explain: () => `${seen} of ${centre.came} shown` })
		for (const viewer of [watch, ...all]) viewer.stop()
		const atTheEnd = await memoryOf(board.pid)
		const refusals = all.reduce((sum, viewer) => sum + viewer.refusals, 0)
		await board.stop()
		const sorted = behindMs.toSorted((one, other) => one - other)
		const behind = {
			median: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
			most: Math.round(sorted.at(-1) ?? 0),
		}
		say(
			`behind: ${JSON.stringify(behind)} ms; cores: ${coresAlone.toFixed(2)}, looked at ${coresLooked.toFixed(2)}`,
		)

		const hour = values['no-hour'] ? null : await hourOfEvents(join(folder, 'hour'), say)
		const result = {
			...{ tables, entries: centre.came, startMs, behindMs: behind },
			coresAlone: Number(coresAlone.toFixed(2)),
			coresLooked: Number(coresLooked.toFixed(2)),
			viewers,
			loads: all.reduce((sum, viewer) => sum + viewer.loads, 0),
			megabytes: Math.round(all.reduce((sum, viewer) => sum + viewer.bytes, 0) / 1e6),
			refusals,
			residentMb: [atStart, atTheEnd].map((memory) => Math.round(memory?.now ?? 0)),
			hour,
		}
		const isInTime = behind.most <= mostBehindMs && coresLooked < mostCores
		const isRight = (isInTime || values.times === 'reported') && refusals === 0
		return { result, right: isRight && board.status === 0 && (hour === null || hour.isFlat) }
	},
})
