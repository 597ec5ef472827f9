/**
 * Whether this machine's time may stand in receipts. Kiosks without a clock go by it, so a wrong one is worse than
 * none: while it is refused nothing is taken in, and kiosks send again.
 *
 * - `clock-behind`: before this program was built.
 * - `clock-far`: by more than a day from what most devices say that have a clock of their own, three at least. Not
 *   signed, and a status is cheap: so only where no time server has set ours.
 * - `clock-far` also, without one: ten years after the build. Where no device says anything, as when a stick is taken
 *   in, nothing else tells.
 */
import type { Clock } from '../platform/clock.ts'
import { instant } from '../platform/clock.ts'
import type { ClockSource } from '../platform/clock-source.ts'
import type { Fault } from '../platform/result.ts'
import type { DeviceStatus } from '../protocol/device-status.ts'

const farMs = 24 * 3_600_000

/** What was heard longer ago counts no more. */
const lapseMs = 3_600_000

const fewestDevices = 3

/** No program is in use for longer. */
const longestUseMs = 10 * 366 * 24 * 3_600_000

const lookEveryMs = 1_000

const jumpMs = 60_000

export type ClockFault = Fault<'clock-behind' | 'clock-far'>

/** What a device said, and when, by the monotonic clock: ours may jump meanwhile. */
interface Claim {
	readonly wall: number
	readonly heardAt: number
}

export interface ClockCheckParts {
	readonly clock: Clock
	readonly clockSource: () => Promise<ClockSource>
	/** When this program was built, milliseconds since 1970; 0 where that is not known. */
	readonly built: number
}

export class ClockCheck {
	readonly #parts: ClockCheckParts
	readonly #claims = new Map<string, Claim>()
	#looked: { readonly at: number; readonly base: number; readonly fault: ClockFault | null } | undefined

	constructor(parts: ClockCheckParts) {
		this.#parts = parts
	}

	/** Only of devices that are known: this is memory. */
	note({ device, state, time, kiosk }: DeviceStatus): void {
		const hasClock = kiosk?.clock === 'rtc' || kiosk?.clock === 'ntp'
		if (state === 'offline' || time === null || !hasClock) return
		this.#claims.set(device, { wall: Date.parse(time), heardAt: this.#parts.clock.monotonic() })
	}

	/** Why the time may stand in no receipt now; null while it may. Looked at once a second, and at a jump at once. */
	async fault(): Promise<ClockFault | null> {
		const { clock } = this.#parts
		const at = clock.monotonic()
		const base = clock.wall() - at
		const looked = this.#looked
		if (looked !== undefined && at - looked.at < lookEveryMs && Math.abs(base - looked.base) < jumpMs) {
			return looked.fault
		}
		const fault = await this.#look()
		this.#looked = { at, base, fault }
		return fault
	}

	async #look(): Promise<ClockFault | null> {
		const { clock, clockSource, built } = this.#parts
		const wall = clock.wall()
		const set = 'set the clock of this machine (timedatectl set-time)'
		if (wall < built) {
			const detail = `the clock says ${instant(wall)}, before this program was built (${instant(built)}): ${set}`
			return { code: 'clock-behind', detail }
		}
		const ahead = this.#median()
		const isLate = built > 0 && wall > built + longestUseMs
		const isFar = ahead !== null && Math.abs(ahead) > farMs
		if (!(isLate || isFar) || (await clockSource()) === 'ntp') return null
		if (!isFar) {
			const detail = `the clock says ${instant(wall)}, ten years after this program was built: ${set}`
			return { code: 'clock-far', detail }
		}
		const devices = `most of ${this.#claims.size} kiosks with a clock say ${instant(wall + ahead)}`
		return { code: 'clock-far', detail: `the clock says ${instant(wall)}, and ${devices}: ${set}, or theirs` }
	}

	/** Milliseconds by which the device in the middle is ahead of us; null where too few were heard. */
	#median(): number | null {
		const { clock } = this.#parts
		const now = clock.monotonic()
		for (const [device, { heardAt }] of this.#claims) if (now - heardAt > lapseMs) this.#claims.delete(device)
		if (this.#claims.size < fewestDevices) return null
		const wall = clock.wall()
		const leads = [...this.#claims.values()].map((claim) => claim.wall + now - claim.heardAt - wall)
		return leads.toSorted((a, b) => a - b)[leads.length >> 1] ?? null
	}
}
