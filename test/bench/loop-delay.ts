/** How long the main thread is held by some work, beside the same time with nothing to do. */
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as after } from 'node:timers/promises'
import type { Bench } from './part.ts'
import type { Cell, Table } from './table.ts'

export async function loopDelays(
	name: string,
	work: () => Promise<void>,
	{ say, short }: Bench,
): Promise<Table> {
	say('how long the main thread is held')
	const begun = performance.now()
	await work()
	const duration = performance.now() - begun
	const rows: Cell[][] = []
	for (let round = 0; round < (short ? 1 : 3); round++) {
		rows.push(['nothing to do', ...(await delaysDuring(() => after(duration)))])
		rows.push([name, ...(await delaysDuring(work))])
	}
	return {
		title: 'Event loop of the main thread: how late a timer of 1 ms comes, milliseconds',
		columns: ['', 'mean', 'p99', 'longest', 'longest at work'],
		rows,
		notes: [
			'Aim: never held for more than 20 ms. A timer is late as well when other processes have the processor;',
			'at work: the most processor time that the thread itself took between two turns of a timer of 1 ms.',
		],
	}
}

/** Milliseconds by which a timer of 1 ms comes late. */
export interface LoopDelay {
	readonly mean: number
	readonly p99: number
	readonly longest: number
}

export async function delayDuring(work: () => Promise<unknown>): Promise<LoopDelay> {
	const histogram = monitorEventLoopDelay({ resolution: 1 })
	histogram.enable()
	await work()
	histogram.disable()
	const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - 1)
	return { mean: late(histogram.mean), p99: late(histogram.percentile(99)), longest: late(histogram.max) }
}

export async function delaysDuring(work: () => Promise<unknown>): Promise<Cell[]> {
	let longestAtWork = 0
	let before = processorTime()
	const timer = setInterval(() => {
		const now = processorTime()
		if (now !== null && before !== null) longestAtWork = Math.max(longestAtWork, now - before)
		before = now
	}, 1)
	const { mean, p99, longest } = await delayDuring(work)
	clearInterval(timer)
	return [mean, p99, longest, before === null ? null : longestAtWork]
}

/** Milliseconds of processor time of the main thread so far (proc(5), schedstat); null where there is none. */
export function processorTime(): number | null {
	try {
		return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
	} catch {
		return null
	}
}
