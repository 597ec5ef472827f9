/**
 * How a kiosk does, as it says itself to who reads `/run/testigo/kiosk` beside it: its uplink, `testigo status`.
 * Believed for show, and for nothing else.
 */
import * as z from 'zod'
import type { ForeignFiles } from '../platform/files/foreign-file.ts'
import { mostSilentMs, readHeartbeat } from './heartbeat-file.ts'

export const KioskCondition = z.looseObject({
	v: z.literal(1),
	software: z.string().max(64),
	/** False while something keeps every paper from being recorded. */
	canScan: z.boolean(),
	/** Part and code of what is the matter, such as `camera no-answer`; null while nothing is. */
	trouble: z.string().max(64).nullable(),
	/** The same in one line for people; it stays on this machine. */
	detail: z.string().max(400).nullable(),
	/** Where its time of day is from. */
	clock: z.enum(['none', 'rtc', 'ntp']),
	/** Actas in the journal, and of these the ones that a receipt covers which the kiosk itself has verified. */
	actas: z.object({ recorded: z.int().min(0), received: z.int().min(0) }),
})
export type KioskCondition = z.infer<typeof KioskCondition>

/** Where it stands: in memory, as it is touched every few seconds. Not made where the directory is missing. */
export const conditionPath = '/run/testigo/kiosk/condition.json'

/** Null for a kiosk that says nothing, or no longer. `now`: milliseconds since 1970, by this machine's clock. */
export async function readKioskCondition(
	path: string,
	now: number,
	files?: ForeignFiles,
): Promise<KioskCondition | null> {
	const read = await readHeartbeat(path, KioskCondition, files)
	if (!read.ok || Math.abs(now - read.value.touchedMs) > mostSilentMs) return null
	return read.value.says
}
