/** Delays between attempts that double from `first` up to `most`, in milliseconds. */
export interface Backoff {
	readonly first: number
	readonly most: number
}

/** The longest delay before attempt number `attempt`; 0 is the first retry. */
export function backoffCeiling(attempt: number, { first, most }: Backoff): number {
	return Math.min(most, first * 2 ** Math.min(attempt, 30))
}

/**
 * The delay before attempt number `attempt` with full jitter: a random share of the ceiling, and never under a tenth
 * of it, so that a crowd of kiosks whose network came back together neither arrives together nor spins.
 */
export function delayBefore(attempt: number, backoff: Backoff, random: () => number): number {
	return Math.round(backoffCeiling(attempt, backoff) * (0.1 + 0.9 * random()))
}
