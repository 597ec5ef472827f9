/** Delays between attempts that double from `firstMs` up to `mostMs`. */
export interface Backoff {
	readonly firstMs: number
	readonly mostMs: number
}

/** The longest delay before attempt number `attempt`; 0 is the first retry. */
export function backoffCeiling(attempt: number, { firstMs, mostMs }: Backoff): number {
	return Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 30))
}

/**
 * The delay before attempt number `attempt` with full jitter: a random share of the ceiling, and never under a tenth
 * of it, so that a crowd of kiosks whose network came back together neither arrives together nor spins.
 */
export function delayBefore(attempt: number, backoff: Backoff, random: () => number): number {
	return Math.round(backoffCeiling(attempt, backoff) * (0.1 + 0.9 * random()))
}
