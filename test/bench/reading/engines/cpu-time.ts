/** Processor time, so that figures hold on a machine that also does other work. */
import { readFileSync } from 'node:fs'

export interface Spent {
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
