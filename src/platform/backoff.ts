/** Delays between attempts: exponential with full jitter, in milliseconds. */
export interface Backoff {
	readonly firstMs: number
	readonly mostMs: number
}

/**
 * The delay before attempt number `attempt` (0 is the first retry): a random share of `first * 2^attempt`,
 * capped at `most`, and never under a tenth of that cap, so that a crowd of kiosks whose network came back
 * together neither arrives together nor spins.
 */
export function delayBefore(
	attempt: number,
	{ firstMs: first, mostMs: most }: Backoff,
	random: () => number,
): number {
	const ceiling = Math.min(most, first * 2 ** Math.min(attempt, 30))
	return Math.round(ceiling * (0.1 + 0.9 * random()))
}
