/** `npm run bench:reading`: what our reader reads beside its peers. See README.md. */
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { sharedData } from '../../support/shared-data.ts'
import { flag, runSuite, seed, wholeNumber, wordsIfGiven } from '../../support/suite-script.ts'
import { describeMachine } from '../machine.ts'
import { tablePrinter } from '../table.ts'
import { aimsOf, aimsTable, isSound } from './aims.ts'
import { chartOf } from './chart.ts'
import { performAll } from './crew.ts'
import { timesOf, timeTable } from './first-try.ts'
import { footprints, type Life, largeFrames, liveThrough, loopTable, residentTable } from './large-frames.ts'
import { photographsFromLife } from './photographs-from-life.ts'
import { fullStrips, planFor, shortPlan, tasksOf } from './plan.ts'
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
import { engineNames } from './task.ts'

await runSuite({
	...{ name: 'reading', endsItself: true },
	options: {
		short: flag,
		frames: wholeNumber(fullStrips),
		seed: seed('reading 1'),
		processes: wholeNumber(Math.min(2, availableParallelism())),
		cache: wordsIfGiven,
		json: wordsIfGiven,
		chart: wordsIfGiven,
	},
	/** Stopped early it prints what there is. */
	async run({ values: { short, frames: count, seed, processes, cache, json, chart }, folder, signal }) {
		const plan = short ? shortPlan : planFor(count)
		const { tables, print } = tablePrinter()
		const begun = performance.now()
		print(await describeMachine(folder))
		// Photographs first: a run stopped early still has all of them.
		const photographed = sharedData === null ? [] : await photographsFromLife(sharedData)
		const options = { seed, folder: cache ?? null }
		const crew = { ...options, processes, signal }
		const { outcomes, absent } = await performAll([...photographed, ...tasksOf(plan)], crew)
		print(oneShot(outcomes))
		print(threeShots(outcomes))
		print(peersOnStrips(outcomes, absent))
		if (sharedData === null) {
			process.stdout.write(
				'Photographs from life: skipped, ../shared/data is not there ($TESTIGO_SHARED)\n\n',
			)
		} else print(photographs(outcomes, absent))
		print(codelessFrames(outcomes, absent))
		print(timeTable(timesOf(outcomes)))

		// With one process at a time, on a machine that is otherwise quiet.
		const lifeAndFootprints = async (): Promise<Life | null> => {
			const frames = new RenderedFrames(options.seed, options.folder)
			await frames.start()
			const large = await largeFrames(frames, folder, short ? 4 : 20)
			const present = engineNames.filter((name) => !absent.includes(name))
			print(await footprints(present, large.slice(0, 4)))
			const life = await liveThrough(large, plan.life, signal)
			if (life === null) return null
			if (life.resident.length > 0) print(residentTable(life))
			print(loopTable(life))
			return life
		}
		const life = signal.aborted ? null : await lifeAndFootprints()
		const wrong = wrongReadings(outcomes, absent)
		if (wrong.rows.length > 0) print(wrong)
		const aims = aimsOf(outcomes, absent, life)
		print(aimsTable(aims))
		const minutes = (performance.now() - begun) / 60_000
		process.stdout.write(`Seed '${seed}', ${minutes.toFixed(1)} minutes.\n`)

		if (chart !== undefined) await writeFile(chart, chartOf(outcomes, absent))
		if (json !== undefined) {
			const missed = outcomes
				.filter(({ task, shots }) => task.kind !== 'codeless' && shots[0]?.testigo?.verdict === 'missed')
				.map(({ task }) => nameOf(task))
			const run = { seed, plan, complete: !signal.aborted, minutes, absent }
			const report = { ...run, aims, tables, missed, resident: life?.resident }
			await writeFile(json, `${JSON.stringify(report, null, '\t')}\n`)
		}
		return { right: isSound(aims) }
	},
})
