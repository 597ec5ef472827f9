/**
 * A process that makes frames and has them read, one at a time: `crew.ts` starts it. One frame is read by one
 * engine at a time, so the processor time of the process is the engine's.
 */
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import type { Engine, Frame } from './engines/engine.ts'
import { makeEngine } from './engines/every-engine.ts'
import { judge } from './judge.ts'
import { readyGrey } from './ready-grey.ts'
import { RenderedFrames } from './rendered-frames.ts'
import {
	type EngineName,
	engineNames,
	mostSeverityOfSecondShotsByZxing,
	type Outcome,
	type Result,
	type Shot,
	type Task,
} from './task.ts'

export interface ReadingProcessOptions {
	readonly seed: string
	readonly folder: string | null
}

export type ReadingProcessMessage =
	| { readonly kind: 'ready'; readonly absent: readonly EngineName[] }
	| { readonly kind: 'outcome'; readonly outcome: Outcome }

const mostShots = 3

// The terminal sends it to every process; only the one that prints decides what it means.
process.on('SIGINT', () => {})
process.on('disconnect', () => void stop())
sharp.cache(false)
sharp.concurrency(1)

const options: ReadingProcessOptions = JSON.parse(process.argv[2] ?? '')
const frames = new RenderedFrames(options.seed, options.folder)
await frames.start()
const engines = new Map<EngineName, Engine>()
for (const name of engineNames) {
	const engine = makeEngine[name]()
	if (await engine.start()) engines.set(name, engine)
}
await warmUp()

process.on('message', (task: Task | 'stop') => {
	void (task === 'stop' ? stop() : perform(task).then((outcome) => tell({ kind: 'outcome', outcome })))
})
tell({ kind: 'ready', absent: engineNames.filter((name) => !engines.has(name)) })

function tell(message: ReadingProcessMessage): void {
	process.send?.(message)
}

async function stop(): Promise<void> {
	for (const engine of engines.values()) await engine.stop()
	process.exit()
}

/** Not counted: the first of a kind finds cold code and small heaps. */
async function warmUp(): Promise<void> {
	const task = { kind: 'strip', set: 'drawn', severity: 0, megapixels: 3, index: -1, peers: true } as const
	for (const shot of [0, 1]) {
		const { bytes, text } = await frames.strip(task, shot)
		await readBy([...engines.keys()], bytes, text)
	}
}

async function perform(task: Task): Promise<Outcome> {
	const everyone = engineNames.filter((name) => task.peers || name === 'testigo' || name === 'zxing')
	switch (task.kind) {
		case 'photograph': {
			const shot = await readBy(everyone, await readFile(task.path), task.text)
			return { task, pen: false, shots: [shot] }
		}
		case 'codeless': {
			const { bytes, text } = await frames.codeless(task)
			return { task, pen: false, shots: [await readBy(everyone, bytes, text)] }
		}
		case 'strip': {
			const { bytes, text, pen } = await frames.strip(task, 0)
			const shots = [await readBy(everyone, bytes, text)]
			while (shots.length < mostShots) {
				const left = (['testigo', 'zxing'] as const).filter(
					(name) =>
						!shots.some((shot) => shot[name]?.verdict === 'read') &&
						!(name === 'zxing' && task.severity > mostSeverityOfSecondShotsByZxing),
				)
				if (left.length === 0) break
				const next = await frames.strip(task, shots.length)
				shots.push(await readBy(left, next.bytes, next.text))
			}
			return { task, pen, shots }
		}
	}
}

async function readBy(names: readonly EngineName[], bytes: Uint8Array, text: string | null): Promise<Shot> {
	// Ours first: decoding what the others get then takes the time in which our thread tidies up.
	const found: Partial<Record<EngineName, Result>> = {}
	const empty = { plane: new Uint8Array(0), width: 0, height: 0 }
	if (names.includes('testigo')) found.testigo = await readOnce('testigo', { bytes, grey: empty }, text)
	const rest = names.filter((name) => name !== 'testigo' && engines.has(name))
	if (rest.length === 0) return found
	const frame: Frame = { bytes, grey: await readyGrey(bytes) }
	for (const name of rest) found[name] = await readOnce(name, frame, text)
	return found
}

async function readOnce(name: EngineName, frame: Frame, text: string | null): Promise<Result> {
	const engine = engines.get(name)
	if (engine === undefined) throw new Error(`${name} is not there`)
	const begun = performance.now()
	try {
		const answer = await engine.read(frame)
		const { cpuMs, wallMs, parts } = answer
		const verdict = judge(answer, text)
		return {
			verdict,
			cpuMs,
			wallMs,
			...(parts === undefined ? {} : { parts }),
			...(verdict === 'wrong' ? { text: answer.texts.join(' | ') } : {}),
		}
	} catch {
		return { verdict: 'failed', cpuMs: null, wallMs: performance.now() - begun }
	}
}
