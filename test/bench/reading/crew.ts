/** Spreads the tasks over processes, one for each core that may be used. */
import { fork } from 'node:child_process'
import { type ProgressLine, startProgress } from '#src/cli/progress.js'
import { endOf } from './child-end.ts'
import { messageOf } from './message-of.ts'
import type { ReadingProcessMessage, ReadingProcessOptions } from './reading-process.ts'
import type { EngineName, Outcome, Task } from './task.ts'

export interface CrewOptions extends ReadingProcessOptions {
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
	const work = async () => {
		const child = fork(
			new URL('./reading-process.ts', import.meta.url),
			[JSON.stringify({ seed, folder } satisfies ReadingProcessOptions)],
			{ serialization: 'advanced' },
		)
		try {
			const ready = await messageOf<ReadingProcessMessage>(child, deadlineMs)
			if (ready.kind === 'ready') for (const name of ready.absent) absent.add(name)
			for (const task of left) {
				if (signal.aborted) break
				child.send(task)
				const answer = await messageOf<ReadingProcessMessage>(child, deadlineMs)
				if (answer.kind === 'outcome') outcomes.push(answer.outcome)
				note(progress, outcomes)
			}
		} finally {
			if (child.connected) child.send('stop')
			await endOf(child)
		}
	}
	try {
		await Promise.all(Array.from({ length: processes }, work))
	} finally {
		progress.end()
	}
	return { outcomes, absent: [...absent] }
}

function note(progress: ProgressLine, outcomes: readonly Outcome[]): void {
	const wrong = outcomes.filter(({ shots }) =>
		shots.some(({ testigo }) => testigo?.verdict === 'wrong'),
	).length
	progress.show(outcomes.length, wrong > 0 ? `${wrong} wrong` : '')
}

/** A task takes seconds; one that takes minutes will never end. */
const deadlineMs = 300_000
