/** The one way to wait: for a condition, with a deadline. */
import { setTimeout as after } from 'node:timers/promises'

export interface Wait {
	/** Milliseconds after which it is given up. */
	readonly timeoutMs?: number
	/** Between two looks. */
	readonly everyMs?: number
	/** What the error says that ends it. */
	readonly late?: () => string
}

/** Not vitest's: programs outside of it wait too. */
export async function until(
	condition: () => boolean | Promise<boolean>,
	{ timeoutMs = 120_000, everyMs = 5, late = () => `never: ${condition}` }: Wait = {},
): Promise<void> {
	const end = performance.now() + timeoutMs
	while (!(await condition())) {
		if (performance.now() > end) throw new Error(late())
		await after(everyMs)
	}
}
