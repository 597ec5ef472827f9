/** A process with one engine and nothing else, to see what memory it takes: `footprint.ts` starts it. */
import { readFile } from 'node:fs/promises'
import { memoryOf } from '../../support/processes.ts'
import { makeEngine } from './engines/every-engine.ts'
import type { LargeFrame } from './large-frames.ts'
import type { EngineName } from './task.ts'

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

process.on('SIGINT', () => {})
const { engine: name, frames }: FootprintOptions = JSON.parse(process.argv[2] ?? '')
const engine = makeEngine[name]()
const before = (await memoryOf(process.pid))?.now ?? null
await engine.start()
const started = (await memoryOf(process.pid))?.now ?? null
for (const { jpeg, grey, width, height } of frames) {
	const ours = name === 'testigo'
	// Each engine gets only what it reads.
	const plane = ours ? new Uint8Array(0) : await readFile(grey)
	const bytes = ours ? await readFile(jpeg) : new Uint8Array(0)
	await engine.read({ bytes, grey: { plane, width, height } }).catch(() => null)
}
const peak = (await memoryOf(process.pid))?.peak ?? null
process.send?.({ before, started, peak } satisfies Footprint)
await engine.stop()
