/** Spreads the tasks over processes, one for each core that may be used. */
import { startProgress } from '#src/cli/progress.js'
import { Forked } from '../forked.ts'
import type { ReadingProcessMessage, ReadingProcessOptions } from './reading-process.ts'
import type { EngineName, Outcome, Task } from './task.ts'

interface CrewOptions extends ReadingProcessOptions {
	readonly processes: number
	/** When it aborts, no further task is begun. */
	readonly signal: AbortSignal
}

export interface CrewReport {
	readonly outcomes: readonly Outcome[]
	/** Engines that are not installed. */
	readonly absent: readonly EngineName[]
}

export async function performAll(tasks: readonly Task[], options: CrewOptions): Promise<CrewReport> {
	const { seed, folder, processes, signal } = options
	const progress = startProgress('reading', tasks.length)
	const outcomes: Outcome[] = []
	const absent = new Set<EngineName>()
	const left = tasks[Symbol.iterator]()
	let wrong = 0
	const work = async () => {
		const given: ReadingProcessOptions = { seed, folder }
		const file = new URL('./reading-process.ts', import.meta.url)
		const child = new Forked<ReadingProcessMessage>(file, given, { serialization: 'advanced' })
		try {
			const ready = await child.next()
			if (ready.kind === 'ready') for (const name of ready.absent) absent.add(name)
			for (const task of left) {
				if (signal.aborted) break
				child.send(task)
				const answer = await child.next()
				if (answer.kind === 'ready') continue
				outcomes.push(answer.outcome)
				if (answer.outcome.shots.some(({ testigo }) => testigo?.verdict === 'wrong')) wrong++
				progress.show(outcomes.length, wrong > 0 ? `${wrong} wrong` : '')
			}
		} finally {
			await child.stop()
		}
	}
	try {
		await Promise.all(Array.from({ length: processes }, work))
	} finally {
		progress.end()
	}
	return { outcomes, absent: [...absent] }
}
