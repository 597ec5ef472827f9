/**
 * A process that does nothing but read frames of 12 MP with our reader, as a kiosk would all day: its resident
 * memory after each frame, and how late the main thread's timers come. `large-frames.ts` starts it.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { QrReader } from '#src/reading/qr-reader.js'
import { memoryOf } from '../../support/processes.ts'
import { given } from '../forked.ts'
import { delayDuring, type LoopDelay } from '../loop-delay.ts'

export interface LifeOptions {
	readonly paths: readonly string[]
	readonly count: number
	readonly idleMs: number
}

export type LifeMessage =
	| { readonly kind: 'frame'; readonly residentMegabytes: number | null }
	| { readonly kind: 'end'; readonly idle: LoopDelay; readonly reading: LoopDelay }

const say = (message: LifeMessage) => process.send?.(message)

const { paths, count, idleMs } = await given<LifeOptions>()
const reader = new QrReader(presidential2024)
await reader.start()
const idle = await delayDuring(() => after(idleMs))
const reading = await delayDuring(async () => {
	for (let index = 0; index < count; index++) {
		await reader.read(await readFile(paths[index % paths.length] ?? ''))
		say({ kind: 'frame', residentMegabytes: (await memoryOf(process.pid))?.now ?? null })
	}
})
await reader.stop()
say({ kind: 'end', idle, reading })
