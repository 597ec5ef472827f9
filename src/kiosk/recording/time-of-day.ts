/**
 * What entries claim of the time of day. A kiosk's clock may be anything: unset (1970), years ahead, turned back,
 * set right by a time server in the middle of a scan. Order comes from the chain and lengths of time from the
 * monotonic clock, so nothing depends on a claim; it is made as good as can be, and says where it is from.
 *
 * - The newest verified receipt shows a time that has passed. A clock that is behind it gives way: source `receipt`.
 *   But a centre's clock can be wrong too: a receipt of before the build says nothing, a clock that was set by a time
 *   server never gives way, and no other by more than `largestLeadMs`.
 * - A time before this program was built is no time: it is recorded as the clock has it, with the source `none`.
 * - A clock that is ahead can't be distinguished from one that is right.
 */
import type { Clock } from '../../platform/clock.ts'
import type { ClockSource } from '../../platform/clock-source.ts'

export interface TimeClaim {
	/** Milliseconds since 1970. */
	readonly wall: number
	readonly source: ClockSource | 'receipt'
	/** Of the monotonic clock, milliseconds, at the same moment. */
	readonly monotonic: number
}

export interface TimeOfDayParts {
	readonly clock: Clock
	readonly clockSource: () => Promise<ClockSource>
	/** By the newest verified receipt it is at least this time; null before the first. */
	readonly notBefore: () => number | null
	/** When this program was built. */
	readonly floor: number
}

/**
 * Milliseconds by which the wall clock may leave the monotonic one before the chain records it, and by which it
 * may be behind a receipt: entries have whole minutes, and the centre's clock is not exact either.
 */
const clockSlackMs = 60_000

const dayMs = 86_400_000

/**
 * Milliseconds by which a receipt may be ahead of the clock, or of this program's build where the clock is behind
 * that. A clock with a battery loses seconds in a day. One without goes on from the last shutdown, or from 1970;
 * certificates are made for two years (`enrolment/certify.ts`), so no machine of a campaign stood longer in a box.
 */
export const largestLeadMs = { none: 3 * 366 * dayMs, rtc: 2 * dayMs } as const

export class TimeOfDay {
	readonly #parts: TimeOfDayParts
	#recorded: TimeClaim | undefined

	constructor(parts: TimeOfDayParts) {
		this.#parts = parts
	}

	async now(): Promise<TimeClaim> {
		const { clock, clockSource, notBefore, floor } = this.#parts
		const claimed = await clockSource()
		const wall = clock.wall()
		const source = wall < floor ? 'none' : claimed
		const monotonic = clock.monotonic()
		const receipt = notBefore()
		const isBehind =
			source !== 'ntp' &&
			receipt !== null &&
			receipt >= floor &&
			wall + clockSlackMs < receipt &&
			receipt - Math.max(wall, floor) <= largestLeadMs[source]
		return isBehind ? { wall: receipt, source: 'receipt', monotonic } : { wall, source, monotonic }
	}

	/** Whether who goes on from the claim that the chain recorded last, by the monotonic clock, would be wrong. */
	hasJumped(claim: TimeClaim): boolean {
		const recorded = this.#recorded
		if (recorded === undefined) return false
		const gone = claim.monotonic - recorded.monotonic
		return claim.source !== recorded.source || Math.abs(claim.wall - recorded.wall - gone) > clockSlackMs
	}

	/** The chain holds this claim now: the first of this start. */
	begin(claim: TimeClaim): void {
		this.#recorded ??= claim
	}

	/** The chain holds this claim now, in place of the one before. */
	renew(claim: TimeClaim): void {
		this.#recorded = claim
	}
}
