/** What an engine is given and gives, and how its time is taken. */
import { readFileSync } from 'node:fs'

export interface Frame {
	/** The file as a camera or scanner would give it. */
	readonly bytes: Uint8Array
	/** The same decoded to grey, row by row; engines other than ours get this and are not charged for decoding. */
	readonly grey: { readonly plane: Uint8Array; readonly width: number; readonly height: number }
}

export interface Answer {
	/** Of every code found. */
	readonly texts: readonly string[]
	/** Milliseconds of processor time; null where it can't be told. */
	readonly cpuMs: number | null
	readonly wallMs: number
	readonly parts?: { readonly decodeMs: number; readonly searchMs: number; readonly firstMs: number }
}

export interface Engine {
	/** Rejects when the engine breaks or takes too long; the engine can be asked again all the same. */
	read(frame: Frame): Promise<Answer>
	stop(): Promise<void>
}

/** Grey as the colour that readers made for browsers ask for. */
export function rgbaOf({ plane }: Frame['grey']): Uint8ClampedArray<ArrayBuffer> {
	const words = Uint32Array.from(plane, (value) => 0xff000000 | (value * 0x010101))
	return new Uint8ClampedArray(words.buffer)
}

/** Processor time, so that figures hold on a machine that also does other work. */
interface Spent {
	readonly cpuMs: number
	readonly wallMs: number
}

/** Of this thread alone, in nanoseconds; null where there is no /proc (the first figure of `schedstat`). */
function threadNanoseconds(): number | null {
	try {
		// The kernel brings the figure up to date when it is asked for the process's usage; else it may be 4 ms old.
		process.cpuUsage()
		return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0])
	} catch {
		return null
	}
}

/** Runs `work` on this thread. Where the thread's own time can't be told, the wall clock's is given. */
export function timed<T>(work: () => T): Spent & { readonly value: T } {
	const [begun, before] = [performance.now(), threadNanoseconds()]
	const value = work()
	const [after, wallMs] = [threadNanoseconds(), performance.now() - begun]
	return { value, wallMs, cpuMs: before === null || after === null ? wallMs : (after - before) / 1e6 }
}

/** The time of all threads of this process together. Nothing else may go on in it meanwhile. */
export async function timedProcess<T>(work: () => Promise<T>): Promise<Spent & { readonly value: T }> {
	const [begun, before] = [performance.now(), process.cpuUsage()]
	const value = await work()
	const { user, system } = process.cpuUsage(before)
	return { value, wallMs: performance.now() - begun, cpuMs: (user + system) / 1000 }
}
