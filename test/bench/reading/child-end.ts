import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Waits until a forked process that was told to stop has done so; kills it when it takes over five seconds. */
export async function endOf(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return
	const ended = once(child, 'exit')
	const killer = setTimeout(() => child.kill('SIGKILL'), 5_000)
	await ended
	clearTimeout(killer)
}
