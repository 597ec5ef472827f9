/** Frames of 12 MP read again and again: what memory each engine takes, and one long life of our reader. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startProgress } from '#src/cli/progress.js'
import { shippedEnvironment } from '../../support/processes.ts'
import { Forked } from '../forked.ts'
import type { LoopDelay } from '../loop-delay.ts'
import { type Cell, spreadOf, type Table } from '../table.ts'
import { readyGrey } from './engines/engines.ts'
import type { Footprint, FootprintOptions, LargeFrame } from './footprint-process.ts'
import type { LifeMessage, LifeOptions } from './life-process.ts'
import type { RenderedFrames } from './rendered-frames.ts'
import { engineTitles } from './tables.ts'
import type { EngineName } from './task.ts'

/** From S0 to S3 in turn: some are read at once, some need rescue, some can't be read. */
export async function largeFrames(
	frames: RenderedFrames,
	directory: string,
	count: number,
): Promise<LargeFrame[]> {
	const made: LargeFrame[] = []
	for (let index = 0; index < count; index++) {
		const severity = ([0, 1, 2, 3] as const)[index % 4] ?? 0
		const task = { kind: 'strip', set: 'drawn', severity, megapixels: 12, peers: false } as const
		// Beyond the indices that are read for the rates.
		const { bytes } = await frames.strip({ ...task, index: 100_000 + index }, 0)
		const { plane, width, height } = await readyGrey(bytes)
		const path = join(directory, `large-${index}`)
		await writeFile(`${path}.jpg`, bytes)
		await writeFile(`${path}.grey`, plane)
		made.push({ jpeg: `${path}.jpg`, grey: `${path}.grey`, width, height })
	}
	return made
}

/** In a process of its own for each. */
export async function footprints(
	engines: readonly EngineName[],
	frames: readonly LargeFrame[],
): Promise<Table> {
	const rows: Cell[][] = []
	for (const engine of engines) {
		const options: FootprintOptions = { engine, frames }
		const child = new Forked<Footprint>(new URL('./footprint-process.ts', import.meta.url), options)
		try {
			const { before, started, peak } = await child.next()
			rows.push([engineTitles[engine], before, started, peak])
		} finally {
			await child.stop()
		}
	}
	return {
		title: `Resident memory of a process with one engine, ${frames.length} frames of 12 MP, MB (2^20 bytes)`,
		columns: ['', 'before its start', 'after it', 'peak'],
		rows,
		notes: [
			'Testigo decodes the JPEG in the same memory; the others are handed 12 MB of grey, jsQR another 49 MB of colour.',
			'zbarimg and WeChat QR work in processes of their own, which are not counted.',
		],
	}
}

/** Whether the reader's memory stays flat and the main thread free. */
export interface Life {
	/** Megabytes (2^20) resident after each frame; empty where there is no /proc. */
	readonly resident: readonly number[]
	readonly idle: LoopDelay
	readonly reading: LoopDelay
}

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
	const env = { ...process.env, ...(await shippedEnvironment()) }
	const child = new Forked<LifeMessage>(new URL('./life-process.ts', import.meta.url), options, { env })
	const progress = startProgress('memory over frames of 12 MP', count)
	const resident: number[] = []
	try {
		for (let done = 1; !signal.aborted; done++) {
			const message = await child.next(60_000)
			if (message.kind === 'end') return { resident, idle: message.idle, reading: message.reading }
			if (message.residentMegabytes !== null) resident.push(message.residentMegabytes)
			progress.show(done, `${Math.round(message.residentMegabytes ?? 0)} MB`)
		}
		return null
	} finally {
		progress.end()
		await child.stop(0)
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
	const rows: Cell[][] = []
	for (let from = 0; from < resident.length; from += tenth) {
		const part = resident.slice(from, from + tenth)
		rows.push([`${from + 1} to ${from + part.length}`, spreadOf(part).median, Math.max(...part)])
	}
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
