/** A process with one engine and nothing else, to see what memory it takes: `large-frames.ts` starts it. */
import { readFile } from 'node:fs/promises'
import { memoryOf } from '../../support/processes.ts'
import { given } from '../forked.ts'
import type { Engine } from './engines/engine.ts'
import { startEngine } from './engines/engines.ts'
import type { EngineName } from './task.ts'

export interface LargeFrame {
	readonly jpeg: string
	/** The same as raw grey, a byte a pixel. */
	readonly grey: string
	readonly width: number
	readonly height: number
}

export interface FootprintOptions {
	readonly engine: EngineName
	readonly frames: readonly LargeFrame[]
}

export interface Footprint {
	/** Megabytes (2^20) resident; null where there is no /proc. */
	readonly before: number | null
	readonly started: number | null
	readonly peak: number | null
}

const { engine: name, frames } = await given<FootprintOptions>(() => stop())
const before = (await memoryOf(process.pid))?.now ?? null
const engine: Engine | null = await startEngine[name]()
const started = (await memoryOf(process.pid))?.now ?? null
for (const { jpeg, grey, width, height } of frames) {
	const ours = name === 'testigo'
	// Each engine gets only what it reads.
	const plane = ours ? new Uint8Array(0) : await readFile(grey)
	const bytes = ours ? await readFile(jpeg) : new Uint8Array(0)
	await engine?.read({ bytes, grey: { plane, width, height } }).catch(() => null)
}
const peak = (await memoryOf(process.pid))?.peak ?? null
process.send?.({ before, started, peak } satisfies Footprint)

async function stop(): Promise<void> {
	await engine?.stop()
}
