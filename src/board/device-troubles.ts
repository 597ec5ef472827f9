/** What a device's last status says to look at. Pure: a status is not signed, so nothing is counted by it. */
import type { HeardStatus } from '../central/device-statuses.ts'
import { type DeviceTrouble, deviceTroubles } from './view.ts'

/** Milliseconds without a word: a status comes every 30 s, and stands in the centre's file 15 s later at most. */
const silentAfterMs = 3 * 60_000

/** Bytes: some hundred pictures. */
const fullBelowBytes = 512 * 1024 * 1024

/** Entries without a receipt: more than a volunteer scans in the minutes that a slow line takes. */
const behindBy = 10

/** In the order of `deviceTroubles`, the most urgent first; none for a device that was never heard. */
export function troublesOf(heard: HeardStatus | undefined, nowMs: number): readonly DeviceTrouble[] {
	if (heard === undefined) return []
	const { status } = heard
	const { state, kiosk, free, recorded, received } = status
	const isThere: Readonly<Record<DeviceTrouble, boolean>> = {
		silent: nowMs - Date.parse(heard.heard) > silentAfterMs,
		offline: state === 'offline',
		'cannot-scan': kiosk?.canScan === false,
		full: free !== null && free < fullBelowBytes,
		paused: status.paused !== null,
		behind: recorded - received >= behindBy,
		parked: status.setAside > 0,
		'no-clock': kiosk?.clock === 'none',
	}
	return deviceTroubles.filter((trouble) => isThere[trouble])
}
