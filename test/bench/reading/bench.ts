/** `npm run bench:reading`: what our reader reads beside its peers. See README.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sharedData } from '../../support/shared-data.ts'
import { describeMachine } from '../machine.ts'
import { type Table, textOf } from '../table.ts'
import { aimsOf, aimsTable, isSound } from './aims.ts'
import { chartOf } from './chart.ts'
import { performAll } from './crew.ts'
import { timesOf, timeTable } from './first-try.ts'
import { footprints } from './footprint.ts'
import { largeFrames } from './large-frames.ts'
import { type Life, liveThrough, loopTable, residentTable } from './life.ts'
import { photographsFromLife } from './photographs-from-life.ts'
import { fullPlan, planFor, shortPlan, tasksOf } from './plan.ts'
import { RenderedFrames } from './rendered-frames.ts'
import {
	codelessFrames,
	nameOf,
	oneShot,
	peersOnStrips,
	photographs,
	threeShots,
	wrongReadings,
} from './tables.ts'
import { type EngineName, engineNames, type Outcome, type Task } from './task.ts'

const { values } = parseArgs({
	options: {
		short: { type: 'boolean', default: false },
		frames: { type: 'string' },
		seed: { type: 'string', default: 'reading 1' },
		processes: { type: 'string', default: String(Math.min(2, availableParallelism())) },
		cache: { type: 'string' },
		json: { type: 'string' },
		chart: { type: 'string' },
	},
})

function wholeNumber(name: string, text: string): number {
	if (/^[1-9][0-9]{0,6}$/.test(text)) return Number(text)
	throw new Error(`--${name} must be a whole number from 1, not ${text}`)
}

const processes = wholeNumber('processes', values.processes)
const asked = values.frames === undefined ? fullPlan : planFor(wholeNumber('frames', values.frames))
const plan = values.short ? shortPlan : asked
const options = { seed: values.seed, folder: values.cache ?? null }

const stopping = new AbortController()
const { signal } = stopping
for (const name of ['SIGINT', 'SIGTERM'] as const) {
	process.on(name, () => {
		if (signal.aborted) process.exit(130)
		process.stderr.write('\nstopping: what there is follows; once more to leave at once\n')
		stopping.abort()
	})
}

const tables: Table[] = []
const print = (table: Table) => {
	tables.push(table)
	process.stdout.write(`${textOf(table)}\n\n`)
}
const directory = await mkdtemp(join(tmpdir(), 'testigo-reading-'))
const begun = performance.now()
try {
	print(await describeMachine(directory))
	const { outcomes, absent } = await readEverything()
	print(oneShot(outcomes))
	print(threeShots(outcomes))
	print(peersOnStrips(outcomes, absent))
	if (sharedData === null) {
		process.stdout.write('Photographs from life: skipped, ../shared/data is not there ($TESTIGO_SHARED)\n\n')
	} else {
		print(photographs(outcomes, absent))
	}
	print(codelessFrames(outcomes, absent))
	print(timeTable(timesOf(outcomes)))
	const life = signal.aborted ? null : await lifeAndFootprints(absent)
	const wrong = wrongReadings(outcomes, absent)
	if (wrong.rows.length > 0) print(wrong)
	const aims = aimsOf(outcomes, absent, life)
	print(aimsTable(aims))
	const minutes = (performance.now() - begun) / 60_000
	process.stdout.write(`Seed '${values.seed}', ${minutes.toFixed(1)} minutes.\n`)

	if (values.chart !== undefined) await writeFile(values.chart, chartOf(outcomes, absent))
	if (values.json !== undefined) {
		const missed = outcomes
			.filter(({ task, shots }) => task.kind !== 'codeless' && shots[0]?.testigo?.verdict === 'missed')
			.map(({ task }) => nameOf(task))
		const complete = !signal.aborted
		const report = {
			seed: values.seed,
			plan,
			complete,
			minutes,
			absent,
			aims,
			tables,
			missed,
			resident: life?.resident,
		}
		await writeFile(values.json, `${JSON.stringify(report, null, '\t')}\n`)
	}
	if (!isSound(aims)) process.exitCode = 1
} finally {
	await rm(directory, { recursive: true, force: true })
}

async function readEverything(): Promise<{ outcomes: readonly Outcome[]; absent: readonly EngineName[] }> {
	// Photographs first: a run stopped early still has all of them.
	const life: Task[] = sharedData === null ? [] : await photographsFromLife(sharedData)
	return await performAll([...life, ...tasksOf(plan)], { ...options, processes, signal })
}

/** With one process at a time, on a machine that is otherwise quiet. */
async function lifeAndFootprints(absent: readonly EngineName[]): Promise<Life | null> {
	const frames = new RenderedFrames(options.seed, options.folder)
	await frames.start()
	const large = await largeFrames(frames, directory, values.short ? 4 : 20)
	const present = engineNames.filter((name) => !absent.includes(name))
	print(await footprints(present, large.slice(0, 4)))
	const life = await liveThrough(large, plan.life, signal)
	if (life === null) return null
	if (life.resident.length > 0) print(residentTable(life))
	print(loopTable(life))
	return life
}
