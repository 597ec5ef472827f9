import { setImmediate } from 'node:timers/promises'

/** Milliseconds of work between two turns: well under the 20 ms that the event loop may be held. */
const budget = 8

/**
 * For long work in small steps: await the returned function after each step, and everything else gets its
 * turn every few milliseconds, however slow the machine.
 */
export function turns(): () => Promise<void> | undefined {
	let since = performance.now()
	return () => {
		if (performance.now() - since < budget) return undefined
		return setImmediate().then(() => {
			since = performance.now()
		})
	}
}
