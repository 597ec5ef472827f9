/** What the bench asks of its reading processes, and what they answer. */
import type { Megapixels, Severity } from '#src/simulator/photograph/severity.js'

/** `drawn`: a pen stroke as often as the scale says; `pen`: always one. */
export type StripSet = 'drawn' | 'pen'

/** See `codeless.ts`. */
export const codelessContents = ['no code printed', 'code out of view', 'scrambled code'] as const
type CodelessContent = (typeof codelessContents)[number]

export const engineNames = [
	'testigo',
	'zxing',
	'zxing-defaults',
	'rxing',
	'zbar',
	'zbarimg',
	'wechat',
	'jsqr',
] as const
export type EngineName = (typeof engineNames)[number]

export interface StripTask {
	readonly kind: 'strip'
	readonly set: StripSet
	readonly severity: Severity
	readonly megapixels: Megapixels
	readonly index: number
	/** Whether the slow peers read it too. */
	readonly peers: boolean
}

export interface CodelessTask {
	readonly kind: 'codeless'
	readonly content: CodelessContent
	readonly severity: Severity
	readonly megapixels: Megapixels
	readonly index: number
	readonly peers: boolean
}

export interface PhotographTask {
	readonly kind: 'photograph'
	readonly path: string
	/** What its code says; null where it shows none. */
	readonly text: string | null
	readonly peers: boolean
}

export type Task = StripTask | CodelessTask | PhotographTask

/**
 * `wrong`: another text than the one printed, or any text where there is no code. `unchecked`: a code
 * was read, but its text can't be compared (see `reading-process.ts`). `failed`: the engine threw,
 * or gave no answer in time.
 */
export type Verdict = 'read' | 'wrong' | 'missed' | 'unchecked' | 'failed'

export interface Result {
	readonly verdict: Verdict
	/** Milliseconds of processor time; null where it can't be told. */
	readonly cpuMs: number | null
	readonly wallMs: number
	/** Of our own reader: parts of its time, milliseconds. */
	readonly parts?: { readonly decodeMs: number; readonly searchMs: number; readonly firstMs: number }
	/** What was read, when it is wrong. */
	readonly text?: string
}

/** At S5 zxing alone misses nine in ten: taking two more shots of each for it would be a fifth of the whole run. */
export const mostSeverityOfSecondShotsByZxing = 4

/** One frame, by every engine that was asked. */
export type Shot = Readonly<Partial<Record<EngineName, Result>>>

export interface Outcome {
	readonly task: Task
	/** Whether a pen stroke lies over the code. */
	readonly pen: boolean
	/** Photographs and frames without a code have one; a strip up to three, until it was read. */
	readonly shots: readonly Shot[]
}
