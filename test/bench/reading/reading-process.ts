/**
 * A process that makes frames and has them read, one at a time: `crew.ts` starts it. One frame is read by one
 * engine at a time, so the processor time of the process is the engine's.
 */
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { given } from '../forked.ts'
import type { Engine, Frame } from './engines/engine.ts'
import { readyGrey, startEngine } from './engines/engines.ts'
import { RenderedFrames } from './rendered-frames.ts'
import {
	type EngineName,
	engineNames,
	mostSeverityOfSecondShotsByZxing,
	type Outcome,
	type Result,
	type Shot,
	type Task,
	type Verdict,
} from './task.ts'

export interface ReadingProcessOptions {
	readonly seed: string
	readonly folder: string | null
}

export type ReadingProcessMessage =
	| { readonly kind: 'ready'; readonly absent: readonly EngineName[] }
	| { readonly kind: 'outcome'; readonly outcome: Outcome }

const mostShots = 3

sharp.cache(false)
sharp.concurrency(1)

const engines = new Map<EngineName, Engine>()
const { seed, folder } = await given<ReadingProcessOptions>(async () => {
	for (const engine of engines.values()) await engine.stop()
})
const frames = new RenderedFrames(seed, folder)
await frames.start()
for (const name of engineNames) {
	const engine = await startEngine[name]()
	if (engine !== null) engines.set(name, engine)
}
await warmUp()

process.on('message', (task: Task) => {
	void perform(task).then((outcome) => say({ kind: 'outcome', outcome }))
})
say({ kind: 'ready', absent: engineNames.filter((name) => !engines.has(name)) })

function say(message: ReadingProcessMessage): void {
	process.send?.(message)
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
		const { texts, ...measured } = answer
		const verdict = verdictOn(texts, text)
		return { verdict, ...measured, ...(verdict === 'wrong' ? { text: texts.join(' | ') } : {}) }
	} catch {
		return { verdict: 'failed', cpuMs: null, wallMs: performance.now() - begun }
	}
}

/**
 * What an answer is worth; `text` is what the code says, null where there is none. Photographs from life also show
 * texts beyond ASCII, whose character set each engine guesses in its own way: those are not compared.
 */
function verdictOn(texts: readonly string[], text: string | null): Verdict {
	if (texts.length === 0) return 'missed'
	if (text === null) return 'wrong'
	if (texts.includes(text)) return 'read'
	return /^[\0-\x7f]*$/.test(text) ? 'wrong' : 'unchecked'
}
