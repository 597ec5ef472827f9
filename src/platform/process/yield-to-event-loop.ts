import { setImmediate } from 'node:timers/promises'

/** Milliseconds between two turns: the event loop may be held for 20, and garbage collection wants some. */
const budgetMs = 5

/**
 * For long work in small steps: await the returned function after each step, and everything else gets its
 * turn every few milliseconds, however slow the machine.
 */
export function yieldToEventLoop(): () => Promise<void> | undefined {
	let since = performance.now()
	return () => {
		if (performance.now() - since < budgetMs) return undefined
		return setImmediate().then(() => {
			since = performance.now()
		})
	}
}
