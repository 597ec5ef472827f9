/** The one way in which tests and suites wait: for a condition, with a deadline. */
import { setTimeout as after } from 'node:timers/promises'

export interface Waiting {
	readonly timeoutMs?: number
	/** Between two looks. */
	readonly everyMs?: number
	/** Ends the waiting before its time, with an error: a process that is gone will do nothing more. */
	readonly inVain?: () => boolean
	/** What is known of why, for the error. */
	readonly explain?: () => string
}

/** Resolves when `condition` holds; rejects when it did not in time. A minute is long, for machines that are slow. */
export async function until(
	condition: () => boolean | Promise<boolean>,
	{ timeoutMs = 60_000, everyMs = 10, inVain = () => false, explain = () => '' }: Waiting = {},
): Promise<void> {
	const deadline = performance.now() + timeoutMs
	for (;;) {
		// Asked first: what happened just before the end counts.
		const ended = inVain()
		const late = performance.now() > deadline
		if (await condition()) return
		if (ended) throw new Error(`it ended: ${explain()}`)
		if (late) throw new Error(`not seen in ${timeoutMs} ms: ${explain()}`)
		await after(everyMs)
	}
}
