/**
 * A process that does nothing but read frames of 12 MP with our reader, as a kiosk would all day: its resident
 * memory after each frame, and how late the main thread's timers come. `life.ts` starts it.
 */
import { readFile } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as after } from 'node:timers/promises'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { QrReader } from '#src/reading/qr-reader.js'
import { memoryOf } from '../../support/processes.ts'

export interface LifeOptions {
	readonly paths: readonly string[]
	readonly count: number
	readonly idleMs: number
}

export interface LoopDelay {
	/** Milliseconds by which a timer of 1 ms comes late. */
	readonly p99: number
	readonly longest: number
}

export type LifeMessage =
	| { readonly kind: 'frame'; readonly residentMegabytes: number | null }
	| { readonly kind: 'end'; readonly idle: LoopDelay; readonly reading: LoopDelay }

const tell = (message: LifeMessage) => process.send?.(message)
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())

const { paths, count, idleMs }: LifeOptions = JSON.parse(process.argv[2] ?? '')
const reader = new QrReader(presidential2024)
await reader.start()
const idle = await delayDuring(() => after(idleMs))
const reading = await delayDuring(async () => {
	for (let index = 0; index < count; index++) {
		await reader.read(await readFile(paths[index % paths.length] ?? ''))
		tell({ kind: 'frame', residentMegabytes: (await memoryOf(process.pid))?.now ?? null })
	}
})
await reader.stop()
tell({ kind: 'end', idle, reading })

async function delayDuring(work: () => Promise<unknown>): Promise<LoopDelay> {
	const histogram = monitorEventLoopDelay({ resolution: 1 })
	histogram.enable()
	await work()
	histogram.disable()
	const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - 1)
	return { p99: late(histogram.percentile(99)), longest: late(histogram.max) }
}
