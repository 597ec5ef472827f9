/** Whether the reader's memory stays flat and the main thread free, over one long life. */
import { fork } from 'node:child_process'
import { startProgress } from '#src/cli/progress.js'
import { shippedEnvironment } from '../../support/processes.ts'
import { spreadOf } from '../spread.ts'
import type { Table } from '../table.ts'
import { endOf } from './child-end.ts'
import type { LargeFrame } from './large-frames.ts'
import type { LifeMessage, LifeOptions, LoopDelay } from './life-process.ts'
import { messageOf } from './message-of.ts'

export interface Life {
	/** Megabytes (2^20) resident after each frame; empty where there is no /proc. */
	readonly resident: readonly number[]
	readonly idle: LoopDelay
	readonly reading: LoopDelay
}

const deadlineMs = 60_000

/** Null when the signal came first. */
export async function liveThrough(
	frames: readonly LargeFrame[],
	count: number,
	signal: AbortSignal,
): Promise<Life | null> {
	const options: LifeOptions = {
		paths: frames.map(({ jpeg }) => jpeg),
		count,
		idleMs: Math.min(20_000, 100 * count),
	}
	const child = fork(new URL('./life-process.ts', import.meta.url), [JSON.stringify(options)], {
		env: { ...process.env, ...(await shippedEnvironment()) },
	})
	const progress = startProgress('memory over frames of 12 MP', count)
	const resident: number[] = []
	try {
		for (let done = 1; !signal.aborted; done++) {
			const message = await messageOf<LifeMessage>(child, deadlineMs)
			if (message.kind === 'end') return { resident, idle: message.idle, reading: message.reading }
			if (message.residentMegabytes !== null) resident.push(message.residentMegabytes)
			progress.show(done, `${Math.round(message.residentMegabytes ?? 0)} MB`)
		}
		return null
	} finally {
		progress.end()
		child.kill('SIGKILL')
		await endOf(child)
	}
}

/** Median of the last tenth over that of the second tenth: the first is warming up. Null for too few frames. */
export function growthOf({ resident }: Life): number | null {
	const tenth = Math.floor(resident.length / 10)
	if (tenth === 0) return null
	const early = spreadOf(resident.slice(tenth, 2 * tenth)).median
	return spreadOf(resident.slice(-tenth)).median / early
}

export function residentTable({ resident }: Life): Table {
	const tenth = Math.max(1, Math.ceil(resident.length / 10))
	const rows = Array.from({ length: Math.ceil(resident.length / tenth) }, (_, index) => {
		const part = resident.slice(index * tenth, (index + 1) * tenth)
		return [
			`${index * tenth + 1} to ${index * tenth + part.length}`,
			spreadOf(part).median,
			Math.max(...part),
		]
	})
	return {
		title: 'Resident memory of a process that reads frames of 12 MP with QrReader, MB (2^20 bytes)',
		columns: ['frames', 'median', 'highest'],
		rows,
		notes: ['VmRSS after each frame, with what Node and its libraries share with others.'],
	}
}

export function loopTable({ idle, reading }: Life): Table {
	return {
		title: 'Event loop of the main thread meanwhile: how late a timer of 1 ms comes, milliseconds',
		columns: ['', 'p99', 'longest'],
		rows: [
			['nothing to do', idle.p99, idle.longest],
			['reading', reading.p99, reading.longest],
		],
		notes: ['What the idle row shows is the machine itself.'],
	}
}
