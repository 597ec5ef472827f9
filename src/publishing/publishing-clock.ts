/**
 * Whether this machine's time may date a publication: what is ripe goes by it, and its record says it for ever. By the
 * centre's own rule (`central/clock-check.ts`), with what kiosks said to the centre within the last hour; and never before
 * what has certainly passed.
 */
import { ClockCheck, type ClockFault } from '../central/clock-check.ts'
import { FollowedStatuses } from '../central/followed-statuses.ts'
import { type Clock, instant } from '../platform/clock.ts'
import type { ClockSource } from '../platform/clock-source.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'

/** Of the centre's clock and ours, where they are two machines'. */
const apartMs = 600_000
const heardWithinMs = 3_600_000

export interface PublishingClockParts {
	/** The centre's. */
	readonly directory: string
	readonly clock: Clock
	readonly clockSource: () => Promise<ClockSource>
	/** When this program was built, milliseconds since 1970; 0 where that is not known. */
	readonly built: number
}

export class PublishingClock {
	readonly #parts: PublishingClockParts
	readonly #statuses: FollowedStatuses

	constructor(parts: PublishingClockParts) {
		this.#parts = parts
		this.#statuses = new FollowedStatuses(parts.directory, new ForeignFiles())
	}

	/** Why nothing may be dated now; null where all is well. `passedMs` has certainly passed. */
	async fault(passedMs: number): Promise<ClockFault | null> {
		const { clock, clockSource, built } = this.#parts
		const nowMs = clock.wall()
		// Without them the rest is looked at all the same.
		await this.#statuses.look()
		const statuses = [...this.#statuses.all.values()]
		const latestMs = statuses.reduce((latest, { heard }) => Math.max(latest, Date.parse(heard)), passedMs)
		if (nowMs < latestMs - apartMs) {
			const what = `before what was received or published at ${instant(latestMs)}`
			const detail = `the clock says ${instant(nowMs)}, ${what}: set the clock of this machine (timedatectl set-time)`
			return { code: 'clock-behind', detail }
		}
		const check = new ClockCheck({ clock, clockSource, built })
		for (const { heard, status } of statuses) {
			const sinceMs = nowMs - Date.parse(heard)
			if (status.time === null || Math.abs(sinceMs) > heardWithinMs) continue
			check.note({ ...status, time: instant(Date.parse(status.time) + sinceMs) })
		}
		return await check.fault()
	}
}
