import type { Code } from './head-code.ts'
import type { Screen, Tone } from './screens.ts'

/** A small display. It may be lost at any time and comes back by itself; nothing waits for it. */
export interface Panel {
	start(): Promise<void>
	/**
	 * Shows `screen` as soon as it can, and `code` with it or instead of it where it can draw one. The newest screen
	 * wins; older ones that were not shown yet are dropped.
	 */
	show(screen: Screen, tone: Tone, code?: Code | null): void
	stop(): Promise<void>
}

/** Where there is no display. */
export const nullPanel: Panel = {
	start: async () => {},
	show: () => {},
	stop: async () => {},
}
