/** A process whose disk is cut, and what may be found wrong with what the cut left. */
import { readFile } from 'node:fs/promises'
import type { Life, RemovedSyncs } from './life.ts'

/** A process whose disk is cut, and what is known of it outside that disk. */
export interface Station {
	/** Begins anew on an empty disk that is mounted at `directory`. */
	furnish(directory: string): Promise<void>
	/** Starts the process on that disk and gives it much to do. */
	start(directory: string, removed: RemovedSyncs): Promise<Life>
	/** A file outside the disk that grows with what is shown. */
	readonly shown: string
	/** Kills it after the cut, at which that file had so many bytes. The disk may be unmounted after it. */
	kill(life: Life, shownBytes: number): Promise<void>
	/** Compares what was shown, in all its lives on this disk, with what is there. */
	check(directory: string): Promise<Findings>
	/** Counts over all disks, for the report. */
	readonly counts: Readonly<Record<string, number>>
	stop(): Promise<void>
}

/** What was promised before a cut and is not so after it, a sentence each. */
export interface Findings {
	/** Shown as recorded or received, and not there. */
	readonly lost: string[]
	/** Shown, there, and can't be read: an image missing or altered, other contents than the paper's. */
	readonly unreadable: string[]
	/** A sequence number, or the number of a start, that was given twice. */
	readonly reused: string[]
	/** A line, signature or link at fault. */
	readonly broken: string[]
	/** It ended by itself before the cut. */
	readonly refused: string[]
}

export function noFindings(): Findings {
	return { lost: [], unreadable: [], reused: [], broken: [], refused: [] }
}

export function countOf({ lost, unreadable, reused, broken, refused }: Findings): number {
	return lost.length + unreadable.length + reused.length + broken.length + refused.length
}

export function addTo(all: Findings, more: Findings): void {
	for (const kind of ['lost', 'unreadable', 'reused', 'broken', 'refused'] as const) {
		all[kind].push(...more[kind])
	}
}

/**
 * Notes what an audit found, by its code. That there is nothing to check is nothing wrong where the power is cut before
 * the first line; whether all is there that was shown or promised is asked apart.
 */
export function note(found: Findings, code: string, sentence: string): void {
	if (code === 'nothing-to-check') return
	const kind = code.startsWith('image-') ? found.unreadable : found.broken
	kind.push(`${sentence} (${code})`)
}

/** The whole lines of a file that a cut left, none where it is not there; a torn tail is counted. */
export async function wholeLinesIn(path: string, counts: { tornTails: number }): Promise<Buffer> {
	const bytes = await readFile(path).catch(() => Buffer.alloc(0))
	const whole = wholeLines(bytes)
	if (whole.length < bytes.length) counts.tornTails++
	return whole
}

/**
 * The bytes of a file of lines without its torn tail: from the first line on that has no end, or that holds NUL
 * bytes and only such lines behind it.
 */
function wholeLines(bytes: Buffer): Buffer {
	let end = bytes.lastIndexOf(10) + 1
	while (end > 0) {
		const start = bytes.subarray(0, end - 1).lastIndexOf(10) + 1
		if (!bytes.subarray(start, end).includes(0)) break
		end = start
	}
	return bytes.subarray(0, end)
}

/** As the audits want their bytes. */
export async function* oneBlock(bytes: Buffer): AsyncGenerator<Uint8Array> {
	yield bytes
}
